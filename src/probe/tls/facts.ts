import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { sessionFacts } from '../http/facts.ts';
import type { Session } from '../http/session.ts';
import type { Facts } from '../probe.ts';

const MAX_CHAIN = 10;

/**
 * Epoch ms at which the verified chain ends: node completes what was presented with the authorities that it trusts.
 * Unlike `probe_ssl_earliest_cert_expiry`, which looks at the certificates that were presented.
 */
const verifiedUntil = (socket: TLSSocket): number => {
  let earliest = Infinity;
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let depth = 0; certificate?.valid_to && depth < MAX_CHAIN; depth++) {
    earliest = Math.min(earliest, Date.parse(certificate.valid_to));
    const above: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    certificate = above?.fingerprint256 === certificate.fingerprint256 ? undefined : above;
  }
  return earliest;
};

/** What blackbox_exporter's `probe_ssl_*` and `probe_tls_*` tell, times in epoch seconds. */
export const tlsFacts = (socket: TLSSocket, session: Session, expiresAt: number): Facts => {
  const seen: Record<string, number | string | null> = {
    ...sessionFacts(session, expiresAt),
    ssl_earliest_cert_expiry: expiresAt / 1_000,
    ssl_last_chain_expiry_timestamp_seconds: socket.authorized ? verifiedUntil(socket) / 1_000 : null,
  };
  return Object.fromEntries(
    Object.entries(seen).filter((entry): entry is [string, number | string] => entry[1] !== null),
  );
};

const LEAST_BITS: Record<string, number> = { rsa: 2_048, 'rsa-pss': 2_048, dsa: 2_048 };

/** How a key is too small by NIST SP 800-57 part 1, table 2 (112 bits of security): `RSA with 1024 bits`; null when it is not. */
export const weakness = (certificate: X509Certificate | undefined): string | null => {
  const key = certificate?.publicKey;
  const kind = key?.asymmetricKeyType ?? '';
  const { modulusLength = Infinity, namedCurve = '' } = key?.asymmetricKeyDetails ?? {};
  if (modulusLength < (LEAST_BITS[kind] ?? 0)) return `${kind.toUpperCase()} with ${modulusLength} bits`;
  return /^(?:secp1\d\d|prime192|secp?192|sect1)/.test(namedCurve) ? `the curve ${namedCurve}` : null;
};
