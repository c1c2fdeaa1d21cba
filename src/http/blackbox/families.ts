import type { ProberKind } from './module.ts';

/** A metric of blackbox_exporter: its help is theirs, word for word. */
export type Family = { name: string; help: string };

/** A number among the facts of a check. `otherwise` is what blackbox_exporter shows when there was none. */
type NumberFamily = Family & { fact: string; otherwise?: number };

/** A 1 with labels, each the text of a fact. */
type InfoFamily = Family & { labels: Readonly<Record<string, string>> };

export const ALWAYS = {
  success: { name: 'probe_success', help: 'Displays whether or not the probe was a success' },
  duration: { name: 'probe_duration_seconds', help: 'Returns how long the probe took to complete in seconds' },
  timeout: { name: 'probe_timeout_seconds', help: 'Returns how long the probe timeout is in seconds' },
  lookup: { name: 'probe_dns_lookup_time_seconds', help: 'Returns the time taken for probe dns lookup in seconds' },
  protocol: { name: 'probe_ip_protocol', help: 'Specifies whether probe ip protocol is IP4 or IP6' },
  hash: {
    name: 'probe_ip_addr_hash',
    help: "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
  },
} as const satisfies Record<string, Family>;

const counted = (name: string, help: string, otherwise = 0): NumberFamily => ({
  name: `probe_${name}`,
  help,
  fact: name,
  otherwise,
});
const known = (name: string, help: string): NumberFamily => ({ name: `probe_${name}`, help, fact: name });

const TLS: readonly NumberFamily[] = [
  known('ssl_earliest_cert_expiry', 'Returns last SSL chain expiry in unixtime'),
  known('ssl_last_chain_expiry_timestamp_seconds', 'Returns last SSL chain expiry in timestamp'),
];

export const NUMBERS: Readonly<Record<ProberKind, readonly NumberFamily[]>> = {
  http: [
    counted('http_content_length', 'Length of http content response'),
    counted('http_redirects', 'The number of redirects'),
    counted('http_ssl', 'Indicates if SSL was used for the final redirect'),
    counted('http_status_code', 'Response HTTP status code'),
    counted('http_uncompressed_body_length', 'Length of uncompressed response body'),
    counted('http_version', 'Returns the version of HTTP of the probe response'),
    counted('failed_due_to_regex', 'Indicates if probe failed due to regex'),
    known('http_last_modified_timestamp_seconds', 'Returns the Last-Modified HTTP response header in unixtime'),
    ...TLS,
  ],
  tcp: [counted('failed_due_to_regex', 'Indicates if probe failed due to regex'), ...TLS],
  dns: [
    counted('dns_answer_rrs', 'Returns number of entries in the answer resource record list'),
    counted('dns_authority_rrs', 'Returns number of entries in the authority resource record list'),
    counted('dns_additional_rrs', 'Returns number of entries in the additional resource record list'),
    counted('dns_query_succeeded', 'Displays whether or not the query was executed successfully'),
    known('dns_serial', 'Returns the serial number of the zone'),
  ],
  icmp: [known('icmp_reply_hop_limit', 'Replied packet hop limit (TTL for ipv4)')],
  grpc: [
    counted('grpc_ssl', 'Indicates if SSL was used for the connection'),
    counted('grpc_status_code', 'Response gRPC status code'),
    ...TLS,
  ],
};

/** All labels must be known for one to be shown. */
export const INFOS: readonly InfoFamily[] = [
  {
    name: 'probe_ssl_last_chain_info',
    help: 'Contains SSL leaf certificate information',
    labels: {
      fingerprint_sha256: 'ssl_last_chain_info_fingerprint_sha256',
      issuer: 'ssl_last_chain_info_issuer',
      serialnumber: 'ssl_last_chain_info_serialnumber',
      subject: 'ssl_last_chain_info_subject',
      subjectalternative: 'ssl_last_chain_info_subjectalternative',
    },
  },
  {
    name: 'probe_tls_version_info',
    help: 'Returns the TLS version used or NaN when unknown',
    labels: { version: 'tls_version_info' },
  },
  {
    name: 'probe_tls_cipher_info',
    help: 'Returns the TLS cipher negotiated during handshake',
    labels: { cipher: 'tls_cipher_info' },
  },
  {
    name: 'probe_grpc_healthcheck_response',
    help: 'Response HealthCheck response',
    labels: { serving_status: 'grpc_healthcheck_response' },
  },
];

/** Phases of a check → those of the metric, in their order; several of ours may be one of theirs. */
type PhaseFamily = Family & { phases: Readonly<Record<string, readonly string[]>> };

export const PHASES: Readonly<Partial<Record<ProberKind, PhaseFamily>>> = {
  http: {
    name: 'probe_http_duration_seconds',
    help: 'Duration of http request by phase, summed over all redirects',
    phases: {
      connect: ['connect'],
      processing: ['processing'],
      resolve: ['resolve'],
      tls: ['tls'],
      transfer: ['transfer'],
    },
  },
  dns: {
    name: 'probe_dns_duration_seconds',
    help: 'Duration of DNS request by phase',
    phases: { connect: ['connect'], request: ['processing'], resolve: ['resolve'] },
  },
  icmp: {
    name: 'probe_icmp_duration_seconds',
    help: 'Duration of icmp request by phase',
    phases: { resolve: ['resolve'], rtt: ['processing'], setup: ['connect'] },
  },
  grpc: {
    name: 'probe_grpc_duration_seconds',
    help: 'Duration of gRPC request by phase',
    phases: { check: ['connect', 'tls', 'processing', 'transfer'], resolve: ['resolve'] },
  },
};
