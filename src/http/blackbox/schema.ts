// The keys of blackbox_exporter 0.28's configuration, https://github.com/prometheus/blackbox_exporter CONFIGURATION.md.
import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import { fromGo } from './patterns.ts';

/** A key of blackbox_exporter that says something Nines cannot do: left out, or at the value that asks for nothing. */
const cannot = (why: string) =>
  z
    .unknown()
    .refine((value) => value === undefined || value === false || value === '', `must be left out: ${why}`)
    .optional();

const pattern = z
  .string()
  .refine((text) => fromGo(text) !== undefined, 'must be a regular expression that JavaScript can say too');
const protocol = z.enum(['ip4', 'ip6']).default('ip6');
const goDuration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'must be a duration such as 5s or 1m30s');

export const tlsConfig = z.strictObject({
  ca: z.string().optional(),
  ca_file: z.string().optional(),
  cert: z.string().optional(),
  cert_file: z.string().optional(),
  key: z.string().optional(),
  key_file: z.string().optional(),
  server_name: z.string().optional(),
  insecure_skip_verify: z.boolean().default(false),
  min_version: z.enum(['TLS10', 'TLS11', 'TLS12']).optional(),
  max_version: cannot('Nines takes the newest version that both sides speak'),
});

const address = { preferred_ip_protocol: protocol, ip_protocol_fallback: z.boolean().default(true) };
const source = { source_ip_address: cannot('Nines takes the address that the system chooses') };

const header = z.strictObject({
  header: z.string().min(1),
  regexp: pattern,
  allow_missing: cannot('Nines has no assertion for a header that may be missing'),
});

const cel = {
  fail_if_body_json_matches_cel: cannot('use json of an http probe'),
  fail_if_body_json_not_matches_cel: cannot('use json of an http probe'),
};

export const http = z.strictObject({
  ...address,
  ...cel,
  valid_status_codes: z.array(z.int().min(100).max(599)).default([]),
  valid_http_versions: z
    .array(z.string())
    .default([])
    .refine(
      (versions) => versions.length === 0 || versions.includes('HTTP/1.1'),
      'must name HTTP/1.1: Nines asks by it',
    ),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  http_headers: cannot('write it as headers'),
  body: z.string().default(''),
  body_file: z.string().optional(),
  fail_if_ssl: z.boolean().default(false),
  fail_if_not_ssl: z.boolean().default(false),
  fail_if_body_matches_regexp: z.array(pattern).default([]),
  fail_if_body_not_matches_regexp: z.array(pattern).default([]),
  fail_if_header_matches: z.array(header).default([]),
  fail_if_header_not_matches: z.array(header).default([]),
  compression: z.enum(['gzip', 'br', 'deflate', 'identity', '']).default(''),
  body_size_limit: cannot('Nines reads the first MiB of a body'),
  follow_redirects: z.boolean().default(true),
  no_follow_redirects: z.boolean().default(false),
  enable_http2: z.boolean().optional(),
  enable_http3: cannot('Nines speaks HTTP/1.1'),
  skip_resolve_phase_with_proxy: z.boolean().default(false),
  basic_auth: z
    .strictObject({
      username: z.string(),
      password: z.string().optional(),
      password_file: z.string().optional(),
    })
    .optional(),
  authorization: z
    .strictObject({
      type: z.string().default('Bearer'),
      credentials: z.string().optional(),
      credentials_file: z.string().optional(),
    })
    .optional(),
  bearer_token: z.string().optional(),
  bearer_token_file: z.string().optional(),
  oauth2: z
    .strictObject({
      client_id: z.string(),
      client_secret: z.string().optional(),
      client_secret_file: z.string().optional(),
      token_url: z.string(),
      scopes: z.array(z.string()).default([]),
      endpoint_params: z.strictObject({ audience: z.string().optional() }).prefault({}),
    })
    .optional(),
  proxy_url: z.string().optional(),
  no_proxy: cannot('Nines asks the proxy for everything, or for nothing'),
  proxy_from_environment: cannot('write it as proxy_url'),
  proxy_connect_header: cannot('Nines sends a proxy only its login'),
  tls_config: tlsConfig.prefault({}),
});

export const tcp = z.strictObject({
  ...address,
  ...source,
  query_response: z
    .array(
      z.strictObject({
        expect: pattern.optional(),
        expect_bytes: cannot('Nines reads lines'),
        send: z
          .string()
          .refine((text) => !/\$\{?\w/.test(text), 'must be a fixed text: Nines does not fill in what was read')
          .optional(),
        starttls: cannot('use startTls of a tcp probe'),
        labels: cannot('Nines exports no text that a target sends'),
      }),
    )
    .default([]),
  tls: z.boolean().default(false),
  tls_config: tlsConfig.prefault({}),
});

const answers = cannot('the text of a record differs; use answers of a dns probe');

export const dns = z.strictObject({
  ...address,
  ...source,
  query_name: z.string().min(1),
  query_type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA']),
  query_class: z.literal('IN').default('IN'),
  recursion_desired: z.literal(true).default(true),
  transport_protocol: z.literal('udp').default('udp'),
  dns_over_tls: cannot('Nines asks by UDP'),
  tls_config: cannot('Nines asks by UDP'),
  valid_rcodes: z
    .array(z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']))
    .min(1)
    .max(1, 'must name one code')
    .default(['NOERROR']),
  validate_answer_rrs: answers,
  validate_authority_rrs: answers,
  validate_additional_rrs: answers,
});

export const icmp = z.strictObject({
  ...address,
  ...source,
  payload_size: cannot("Nines sends what the system's ping sends"),
  dont_fragment: cannot("Nines sends what the system's ping sends"),
  ttl: z.literal(64, 'must be left out: Nines sends with the TTL of the system').default(64),
});

export const grpc = z.strictObject({
  ...address,
  service: z.string().default(''),
  tls: z.boolean().default(false),
  tls_config: tlsConfig.prefault({}),
  metadata: cannot('Nines sends none'),
});

const base = { timeout: goDuration.optional() };

/** The part of another kind may stand beside: blackbox_exporter does not look at it. */
export const module = z.discriminatedUnion('prober', [
  z.strictObject({ ...base, prober: z.literal('http'), http: http.prefault({}) }),
  z.strictObject({ ...base, prober: z.literal('tcp'), tcp: tcp.prefault({}) }),
  z.strictObject({ ...base, prober: z.literal('dns'), dns }),
  z.strictObject({ ...base, prober: z.literal('icmp'), icmp: icmp.prefault({}) }),
  z.strictObject({ ...base, prober: z.literal('grpc'), grpc: grpc.prefault({}) }),
]);

export type ModuleSpec = z.output<typeof module>;
export type HttpSpec = z.output<typeof http>;
export type TlsSpec = z.output<typeof tlsConfig>;
