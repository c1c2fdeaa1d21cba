import { systemClock } from '../../clock.ts';
import { createLab } from '../../lab/lab.ts';
import { createLog } from '../../log.ts';
import { print } from '../print.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

/** The stand-ins alone, in this process. A parent that started us with a channel hears the address on it. */
export const run: Run = async ({ values }) => {
  const log = createLog((line) => process.stderr.write(line), systemClock.now, 'warn');
  const port = typeof values['port'] === 'string' ? Number(values['port']) : 9701;
  const lab = await createLab({
    host: typeof values['host'] === 'string' ? values['host'] : '127.0.0.1',
    port,
    clock: systemClock,
    log,
  });
  if (process.send) process.send({ lab: lab.url });
  else print(`Lab at ${lab.url}/lab`);
  await untilStopped();
  await lab.close();
  return 0;
};
