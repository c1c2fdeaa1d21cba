// Opens the store of a directory, commits without end and says each number once its commit is acknowledged.
import { writeSync } from 'node:fs';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/open.ts';
import { START, entry, incident, notification, slot } from '../store/samples.ts';

const [dir = '', first = '0'] = process.argv.slice(2);
const AT_ONCE = 8;
const store = await openStore({ dir, log: silentLog });
writeSync(1, 'open\n');

const commitForEver = async (lane: number): Promise<never> => {
  for (let n = Number(first) + lane; ; n += AT_ONCE) {
    const id = `incident-${n}`;
    await store.commit([
      ...store.incidents.saving(incident({ id, group: id }), null),
      ...store.incidents.appending(id, [entry(1), entry(2)]),
      ...store.outbox.adding([notification(`${id}/page`, { incident: id, lane: id })], START),
    ]);
    writeSync(1, `${n}\n`);
    store.slots.add([slot(START, 10_000)]);
    if (n % 16 === 0) await store.slots.flush();
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => commitForEver(lane)));
