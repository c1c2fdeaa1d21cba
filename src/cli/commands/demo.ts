import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readUrl } from '../../config.ts';
import { configOf } from '../config.ts';
import { DEMO_NOTE, hurry, labEnvironment } from '../demo.ts';
import { startLab } from '../lab-process.ts';
import { print } from '../print.ts';
import { history } from '../../lab/history.ts';
import { NinesError } from '../../errors.ts';
import { runningOn } from '../running.ts';
import { telemetryOf } from '../telemetry.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

const HISTORY_DAYS = 35;
const SHIPPED = fileURLToPath(new URL('../../../slo', import.meta.url));

/** Nines on the shipped catalog, beside the lab; its data lies apart in `<data>/demo`, fresh unless --keep. */
export const run: Run = async (invocation) => {
  const given = configOf(invocation);
  const dataDir = join(given.dataDir, 'demo');
  const keep = invocation.values['keep'] === true;
  const other = runningOn(dataDir);
  if (other !== null)
    throw new NinesError(
      'data_locked',
      `Another demo (process ${other}) runs on ${dataDir}. Stop it, or use another --data.`,
    );
  const { lab: labGiven } = invocation.values;
  const labUrl = readUrl('--lab', typeof labGiven === 'string' ? labGiven : undefined);
  if (!keep) rmSync(dataDir, { recursive: true, force: true });
  const lab = labUrl ? { url: labUrl, stop: () => {} } : await startLab();
  const env = { ...given.env, ...labEnvironment(lab.url) };
  const config = {
    ...given,
    dataDir,
    configDir: typeof invocation.values['config'] === 'string' ? given.configDir : SHIPPED,
    env,
    slack: { ...given.slack, apiUrl: `${lab.url}/slack/api/` },
    pagerduty: { ...given.pagerduty, eventsHost: new URL(lab.url).host },
  };
  const telemetry = await telemetryOf(config);
  const { createApp } = await import('../../app.ts');
  const app = await createApp(config, {
    ...(telemetry ? { telemetry } : {}),
    adapt: hurry,
    demo: { note: DEMO_NOTE, labUrl: lab.url },
    history: (slis, now) => history({ now, days: HISTORY_DAYS, seed: 1, slis }),
  });
  // The stand-in's nightly jobs have done their work; afterwards they report in no more than a real one would.
  for (const { id, kind } of app.nines.catalog().probes.values())
    if (kind === 'heartbeat') await app.nines.verbs.beat(id);
  process.on('SIGHUP', () => void app.nines.verbs.reload());
  // Listening for signals first: whoever reads that we are up may stop us at once.
  const stopped = untilStopped();
  print(`Nines demo at ${app.url}
Break something at ${app.url}/lab and watch it burn, page and climb.
Your own file: npx nines serve --config ./slo`);
  await stopped;
  await app.close();
  lab.stop();
  await telemetry?.stop();
  return 0;
};
