import { NinesError } from './errors.ts';
import { Secret } from './secret.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Everything a process is told from outside, checked. Built once in main.ts' commands from flags and environment. */
export type Config = {
  /** Of the installed package. */
  version: string;
  host: string;
  port: number;
  dataDir: string;
  /** PostgreSQL that replicas share; null = files of our own in `dataDir`. */
  databaseUrl: Secret | null;
  /** Folder of definitions. */
  configDir: string;
  profile: string;
  publicUrl: string | null;
  grafanaUrl: string | null;
  token: Secret | null;
  ingestToken: Secret | null;
  /** Of the agents that probe from other locations. */
  agentToken: Secret | null;
  /** For `nines check --prometheus`. */
  prometheusToken: Secret | null;
  slack: { apiUrl: string | null; signingSecret: Secret | null };
  pagerduty: { eventsHost: string; apiHost: string };
  telemetry: { otlpEndpoint: string | null };
  /** A blackbox.yml whose modules `/probe` knows beside its own. */
  blackboxConfig: string | null;
  /** Looks a `${env:NAME}` up. */
  env: Env;
};

export type Flags = Partial<Record<'host' | 'port' | 'data' | 'config', string>>;

/** The token that every request carries in a header; the sentence must not show it. */
const token = (name: string, value: string | undefined): Secret | null => {
  if (!value) return null;
  if (!/^[\x21-\x7E]+$/.test(value))
    throw new NinesError(
      'config_invalid',
      `${name} must be printable ASCII without spaces or line breaks: no header can carry the one that is set.`,
    );
  return new Secret(value);
};

const secret = (value: string | undefined): Secret | null => (value ? new Secret(value) : null);

/** The address holds a password, so that no sentence may show it. */
const databaseUrl = (value: string | undefined): Secret | null => {
  if (!value) return null;
  if (!/^postgres(?:ql)?:\/\//.test(value) || !URL.canParse(value))
    throw new NinesError(
      'config_invalid',
      'DATABASE_URL must be an address such as postgres://user:password@host:5432/nines.',
    );
  return new Secret(value);
};

/** Throws `config_invalid`; null when nothing is given. */
export const readUrl = (name: string, value: string | undefined): string | null => {
  if (!value) return null;
  // `nines.example.org:9700` parses too: as a scheme.
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new NinesError(
      'config_invalid',
      `${name} must be a URL such as https://nines.example.org, got ${JSON.stringify(value)}.`,
    );
  return value.replace(/\/+$/, '');
};

/** Throws `config_invalid`; `name` is the flag or variable that holds it. */
export const readPort = (name: string, value: string): number => {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new NinesError('config_invalid', `${name} must be a port between 0 and 65535, got ${JSON.stringify(value)}.`);
  return Number(value);
};

/** Flags win over the environment; a variable that is set to nothing counts as not set. Throws `config_invalid`. */
export const readConfig = (env: Env, flags: Flags = {}, version = '0.0.0'): Config => ({
  version,
  host: flags.host || env['NINES_HOST'] || '127.0.0.1',
  port: flags.port === undefined ? readPort('NINES_PORT', env['NINES_PORT'] || '9700') : readPort('--port', flags.port),
  dataDir: flags.data || env['NINES_DATA_DIR'] || './data',
  databaseUrl: databaseUrl(env['DATABASE_URL']),
  configDir: flags.config || './slo',
  blackboxConfig: env['NINES_BLACKBOX_CONFIG'] || null,
  profile: env['NINES_PROFILE'] || 'production',
  publicUrl: readUrl('NINES_PUBLIC_URL', env['NINES_PUBLIC_URL']),
  grafanaUrl: readUrl('NINES_GRAFANA_URL', env['NINES_GRAFANA_URL']),
  token: token('NINES_TOKEN', env['NINES_TOKEN']),
  ingestToken: token('NINES_INGEST_TOKEN', env['NINES_INGEST_TOKEN']),
  agentToken: token('NINES_AGENT_TOKEN', env['NINES_AGENT_TOKEN']),
  prometheusToken: token('PROMETHEUS_TOKEN', env['PROMETHEUS_TOKEN']),
  slack: { apiUrl: readUrl('SLACK_API_URL', env['SLACK_API_URL']), signingSecret: secret(env['SLACK_SIGNING_SECRET']) },
  pagerduty: {
    eventsHost: env['PAGERDUTY_EVENTS_HOST'] || 'events.pagerduty.com',
    apiHost: env['PAGERDUTY_API_HOST'] || 'api.pagerduty.com',
  },
  telemetry: { otlpEndpoint: readUrl('OTEL_EXPORTER_OTLP_ENDPOINT', env['OTEL_EXPORTER_OTLP_ENDPOINT']) },
  env,
});
