import { startTelemetry } from '../../metrics/telemetry.ts';
import { configOf } from '../config.ts';
import { print } from '../print.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

export const run: Run = async (invocation) => {
  const config = configOf(invocation);
  // OpenTelemetry patches what it watches, so it starts before the application is imported.
  const telemetry = await startTelemetry(config.telemetry);
  const { createApp } = await import('../../app.ts');
  const app = await createApp(config, { telemetry });
  process.on('SIGHUP', () => void app.nines.verbs.reload());
  print(`Nines at ${app.url}`);
  await untilStopped();
  await app.close();
  await telemetry.stop();
  return 0;
};
