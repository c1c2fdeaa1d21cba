import { configOf } from '../config.ts';
import { print } from '../print.ts';
import { telemetryOf } from '../telemetry.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

export const run: Run = async (invocation) => {
  const config = configOf(invocation);
  // OpenTelemetry patches what it watches, so it starts before the application is imported.
  const telemetry = await telemetryOf(config);
  const { createApp } = await import('../../app.ts');
  const app = await createApp(config, telemetry ? { telemetry } : {});
  process.on('SIGHUP', () => void app.nines.verbs.reload());
  // Listening for signals first: whoever reads that we are up may stop us at once.
  const stopped = untilStopped();
  print(`Nines at ${app.url}`);
  await stopped;
  await app.close();
  await telemetry?.stop();
  return 0;
};
