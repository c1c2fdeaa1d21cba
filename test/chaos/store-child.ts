// Opens the store of a directory, or of the PostgreSQL in DATABASE_URL, commits without end and says each number once
// its commit is acknowledged.
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { NinesError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/open.ts';
import { START, entry, incident, notification, slot } from '../store/samples.ts';

const [dir = '', first = '0'] = process.argv.slice(2);
const databaseUrl = process.env['DATABASE_URL'] ?? null;
const AT_ONCE = 8;
const store = await openStore({ dir, databaseUrl, log: silentLog });
await store.takeOver(null);
writeSync(1, 'open\n');

/** A server of its own may be killed: then the fate of a commit is unclear, and its number is given up. */
const isServerGone = (error: unknown): boolean =>
  databaseUrl !== null && error instanceof NinesError && error.code === 'store_unavailable';

const commitOne = async (n: number): Promise<void> => {
  const id = `incident-${n}`;
  await store.commit([
    ...store.incidents.saving(incident({ id, group: id }), null),
    ...store.incidents.appending(id, [entry(1), entry(2)]),
    ...store.outbox.adding([notification(`${id}/page`, { incident: id, lane: id })], START),
  ]);
  writeSync(1, `${n}\n`);
  store.slots.add([slot(START, 10_000)]);
  if (n % 16 === 0) await store.slots.flush();
};

const commitForEver = async (lane: number): Promise<never> => {
  for (let n = Number(first) + lane; ; n += AT_ONCE) {
    try {
      await commitOne(n);
    } catch (error) {
      if (!isServerGone(error)) throw error;
      await wait(20);
    }
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => commitForEver(lane)));
