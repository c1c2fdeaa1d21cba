import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Trace } from '../net/phases.ts';
import type { Facts } from '../probe.ts';
import { headerText } from './answer.ts';
import type { Content } from './encoding.ts';
import type { Hop } from './redirects.ts';
import type { Session } from './session.ts';

/** What a check saw of its last hop beside its verdict; null = it did not come so far. */
export type Seen = {
  hop: Hop;
  session: Session | null;
  head: { httpVersion: string; headers: IncomingHttpHeaders } | null;
  content: Content | null;
  /** An assertion with a regular expression failed. */
  failedByPattern: boolean;
};

type Written = Record<string, number | string | null>;

const reached = ({ address, certificateExpiresAt }: Trace, { hop, session }: Seen): Written => ({
  ip_addr: address,
  ip_protocol: address === null ? null : isIPv6(address) ? 6 : 4,
  http_redirects: hop.count,
  http_ssl: hop.url.protocol === 'https:' ? 1 : 0,
  ssl_earliest_cert_expiry: certificateExpiresAt === null ? null : certificateExpiresAt / 1_000,
  ...(session && sessionFacts(session, certificateExpiresAt)),
});

/** What a TLS connection was made of. */
export const sessionFacts = (session: Session, expiresAt: number | null): Written => ({
  tls_version_info: session.version === null ? null : `TLS ${session.version}`,
  tls_cipher_info: session.cipher,
  // Node gives one chain, the one that it verified: without trust there is none.
  ssl_last_chain_expiry_timestamp_seconds: session.trusted && expiresAt !== null ? expiresAt / 1_000 : null,
  ssl_last_chain_info_fingerprint_sha256: session.fingerprint,
  ssl_last_chain_info_subject: session.subject,
  ssl_last_chain_info_issuer: session.issuer,
  ssl_last_chain_info_subjectalternative: session.names,
  ssl_last_chain_info_serialnumber: session.serial,
});

const answered = ({ status }: Trace, { head, content, failedByPattern }: Seen): Written => {
  if (!head) return {};
  const length = headerText(head.headers, 'content-length') ?? '';
  const modified = Date.parse(headerText(head.headers, 'last-modified') ?? '');
  return {
    http_status_code: status,
    http_version: Number(head.httpVersion),
    http_content_length: /^\d+$/.test(length) ? Number(length) : -1,
    http_uncompressed_body_length: content && !content.unreadable ? content.body.length : null,
    http_last_modified_timestamp_seconds: Number.isNaN(modified) ? null : modified / 1_000,
    failed_due_to_regex: failedByPattern ? 1 : 0,
  };
};

/**
 * Names and units are those of blackbox_exporter's `probe_*` metrics, without the prefix; of an info metric the label
 * or its only text. What did not happen is absent instead of 0.
 */
export const factsOf = (trace: Trace, seen: Seen): Facts =>
  Object.fromEntries(
    Object.entries({ ...reached(trace, seen), ...answered(trace, seen) }).filter(
      (entry): entry is [string, number | string] => entry[1] !== null,
    ),
  );
