import type { Config } from '../config.ts';
import type { Telemetry } from '../metrics/telemetry.ts';

/** OpenTelemetry, when asked for (NINES_TELEMETRY=on, or an OTLP endpoint); nothing of it is loaded otherwise. */
export const telemetryOf = async (config: Config): Promise<Telemetry | null> => {
  if (config.telemetry.otlpEndpoint === null && config.env['NINES_TELEMETRY'] !== 'on') return null;
  const { startTelemetry } = await import('../metrics/telemetry.ts');
  return startTelemetry(config.telemetry);
};
