import { NinesError } from './errors.ts';
import { Secret } from './secret.ts';

/** Everything a process is told from outside, checked. Built once in main.ts' commands from flags and environment. */
export type Config = {
  /** Of the installed package. */
  version: string;
  host: string;
  port: number;
  dataDir: string;
  /** Folder of definitions. */
  configDir: string;
  profile: string;
  publicUrl: string | null;
  grafanaUrl: string | null;
  token: Secret | null;
  ingestToken: Secret | null;
  slack: { apiUrl: string | null; signingSecret: Secret | null };
  pagerduty: { eventsHost: string; apiHost: string };
  telemetry: { otlpEndpoint: string | null };
  /** Looks a `${env:NAME}` up. */
  env: Readonly<Record<string, string | undefined>>;
};

export type Flags = Partial<Record<'host' | 'port' | 'data' | 'config', string>>;

const secret = (value: string | undefined): Secret | null => (value ? new Secret(value) : null);

const url = (name: string, value: string | undefined): string | null => {
  if (!value) return null;
  if (!URL.canParse(value))
    throw new NinesError(
      'config_invalid',
      `${name} must be a URL such as https://nines.example.org, got ${JSON.stringify(value)}.`,
    );
  return value.replace(/\/+$/, '');
};

const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new NinesError(
      'config_invalid',
      `NINES_PORT must be a port between 0 and 65535, got ${JSON.stringify(value)}.`,
    );
  return number;
};

/** Flags win over the environment. Throws `config_invalid`. */
export const readConfig = (
  env: Readonly<Record<string, string | undefined>>,
  flags: Flags = {},
  version = '0.0.0',
): Config => ({
  version,
  host: flags.host ?? env['NINES_HOST'] ?? '127.0.0.1',
  port: port(flags.port ?? env['NINES_PORT'] ?? '9700'),
  dataDir: flags.data ?? env['NINES_DATA_DIR'] ?? './data',
  configDir: flags.config ?? './slo',
  profile: env['NINES_PROFILE'] ?? 'production',
  publicUrl: url('NINES_PUBLIC_URL', env['NINES_PUBLIC_URL']),
  grafanaUrl: url('NINES_GRAFANA_URL', env['NINES_GRAFANA_URL']),
  token: secret(env['NINES_TOKEN']),
  ingestToken: secret(env['NINES_INGEST_TOKEN']),
  slack: { apiUrl: url('SLACK_API_URL', env['SLACK_API_URL']), signingSecret: secret(env['SLACK_SIGNING_SECRET']) },
  pagerduty: {
    eventsHost: env['PAGERDUTY_EVENTS_HOST'] ?? 'events.pagerduty.com',
    apiHost: env['PAGERDUTY_API_HOST'] ?? 'api.pagerduty.com',
  },
  telemetry: { otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', env['OTEL_EXPORTER_OTLP_ENDPOINT']) },
  env,
});
