// What each kind of check does. Values are revealed; targets exist only in the hand-over to a prober. Plain data.

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';
export type StatusExpectation = number | '1xx' | '2xx' | '3xx' | '4xx' | '5xx';

/** One thing that an answer must fulfil. Durations are ms. */
export type Assertion =
  | { kind: 'status'; expected: readonly StatusExpectation[] }
  | { kind: 'header'; name: string; equals?: string; matches?: string; absent?: boolean }
  | { kind: 'json'; path: string; equals: string | number | boolean | null }
  | { kind: 'body'; contains?: string; matches?: string; not?: boolean }
  | { kind: 'hsts'; maxAgeMs: number; includeSubDomains: boolean; preload: boolean }
  | { kind: 'cors'; origin: string; allowed: boolean; method: string | null; credentials: boolean }
  | { kind: 'encoding'; expected: 'gzip' | 'br' | 'deflate' | 'zstd' | 'identity' }
  | { kind: 'certificate'; validForMs: number }
  | { kind: 'issuer'; contains?: string; matches?: string }
  | { kind: 'min-version'; version: TlsVersion }
  | { kind: 'refuses'; versions: readonly TlsVersion[] }
  | { kind: 'answers'; include?: readonly string[]; equal?: readonly string[]; matches?: string; atLeast?: number }
  | { kind: 'code'; expected: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' }
  | { kind: 'reading'; name: string; below?: number; above?: number; equals?: number }
  | { kind: 'response-time'; belowMs: number };

/** `assertions` decide pass or fail; `degraded` ones only whether a passed check is degraded. */
export type Judged = { assertions: readonly Assertion[]; degraded: readonly Assertion[] };

/** How an address is found. `resolver` null = the machine's name servers, asked by c-ares; `system` = getaddrinfo. */
export type Reach = {
  ip: 'prefer-v4' | 'prefer-v6' | 'v4' | 'v6';
  resolver: 'system' | readonly string[] | null;
  addresses: 'one' | 'all';
  allow: readonly ('private' | 'metadata')[];
};

/** `ca` is PEM, null = the authorities that node trusts. */
export type Tls = {
  ca: string | null;
  serverName: string | null;
  verify: boolean;
  clientCertificate: { certificate: string; key: string } | null;
};

export type Auth =
  | { kind: 'basic'; user: string; password: string }
  | { kind: 'bearer'; token: string }
  | {
      kind: 'oauth2';
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope: string | null;
      audience: string | null;
    };

export type HttpTarget = Judged & {
  kind: 'http';
  url: string;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers: Readonly<Record<string, string>>;
  body: string | null;
  /** An answer with `errors` fails. */
  graphql: boolean;
  auth: Auth | null;
  proxy: string | null;
  compression: readonly ('gzip' | 'br' | 'deflate' | 'zstd')[];
  redirects: { follow: boolean; limit: number; allowDowngrade: boolean };
  maxBodyBytes: number;
  close: 'close' | 'reset';
  reach: Reach;
  tls: Tls;
};

export type StartTls = 'smtp' | 'imap' | 'pop3' | 'ftp' | 'ldap' | 'postgres' | 'xmpp';

export type TcpTarget = Judged & {
  kind: 'tcp';
  address: string;
  secure: boolean;
  startTls: StartTls | null;
  steps: readonly { send: string | null; expect: string | null }[];
  reach: Reach;
  tls: Tls;
};

export type TlsTarget = Judged & { kind: 'tls'; address: string; startTls: StartTls | null; reach: Reach; tls: Tls };

export type DnsTarget = Judged & {
  kind: 'dns';
  name: string;
  type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT' | 'CAA';
  server: string | null;
};

export type PostgresTarget = Judged & { kind: 'postgres'; url: string; query: string; reach: Reach; tls: Tls };

export type RedisTarget = Judged & { kind: 'redis'; url: string; reach: Reach; tls: Tls };

export type GrpcTarget = Judged & {
  kind: 'grpc';
  address: string;
  secure: boolean;
  service: string;
  reach: Reach;
  tls: Tls;
};

export type IcmpTarget = Judged & { kind: 'icmp'; host: string; reach: Reach };

export type CheckTarget =
  | HttpTarget
  | TcpTarget
  | TlsTarget
  | DnsTarget
  | PostgresTarget
  | RedisTarget
  | GrpcTarget
  | IcmpTarget;
