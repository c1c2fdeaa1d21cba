import { systemClock } from '../../clock.ts';
import { readPort } from '../../config.ts';
import { NinesError } from '../../errors.ts';
import { createLab } from '../../lab/lab.ts';
import { createLog } from '../../log.ts';
import { print } from '../print.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

/** The stand-ins alone, in this process. A parent that started us with a channel hears the address on it. */
export const run: Run = async ({ values }) => {
  const log = createLog((line) => process.stderr.write(line), systemClock.now, 'warn');
  const host = typeof values['host'] === 'string' ? values['host'] : '127.0.0.1';
  const port = typeof values['port'] === 'string' ? readPort('--port', values['port']) : 9701;
  const lab = await createLab({ host, port, clock: systemClock, log }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new NinesError('port_in_use', `Port ${port} of ${host} is in use; choose another with --port.`);
    throw error;
  });
  const stopped = untilStopped();
  if (process.send) process.send({ lab: lab.url });
  else print(`Lab at ${lab.url}/lab`);
  await stopped;
  await lab.close();
  return 0;
};
