import { beforeEach, expect, test } from 'vitest';
import { DAY, HOUR } from '../../../src/duration.ts';
import type { OpenStore } from './store.ts';
import type { Happening, Store } from '../../../src/store/store.ts';
import { START, alert } from '../../store/samples.ts';

/** What the store promises of its small parts, told to one that `open` opens empty. */
export const smallPartsContract = (open: OpenStore): void => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  test('the last beat of a probe stands, whichever arrives last', async () => {
    await store.commit([...store.beats.saving('p', 7), ...store.beats.saving('p', 5), ...store.beats.saving('q', 1)]);
    expect(await store.beats.all()).toEqual(
      new Map([
        ['p', 7],
        ['q', 1],
      ]),
    );
  });

  test('an alert is kept once per key, as it was saved last', async () => {
    await store.commit(store.alerts.saving([alert(), alert({ key: 'b' })], START));
    await store.commit(store.alerts.saving([alert({ status: 'clear' })], START + 1));
    expect(await store.alerts.all()).toEqual([alert({ status: 'clear' }), alert({ key: 'b' })]);
  });

  test('happenings are read by system and time, and told again they are corrected', async () => {
    const deploy = (id: string, changes: Partial<Happening> = {}): Happening => ({
      kind: 'deploy',
      id,
      system: 'shop',
      service: null,
      at: START,
      text: 'v2',
      url: null,
      ...changes,
    });
    const all = [
      deploy('a'),
      deploy('b', { system: 'other', at: START + 1 }),
      deploy('c', { at: START + 2, service: 'api' }),
    ];
    for (const happening of [...all, deploy('a', { text: 'v3' })])
      await store.commit(store.happenings.saving(happening));
    expect(await store.happenings.read(null, START, START + 2)).toEqual([deploy('a', { text: 'v3' }), all[1]]);
    expect(await store.happenings.read('shop', START + 1, START + 9)).toEqual([all[2]]);
  });

  test('the audit lists the newest first', async () => {
    const said = (verb: string) => ({ at: START, actor: 'Ann', door: 'cli', verb, object: 'incident 1', detail: '' });
    await store.commit([...store.audit.appending(said('acknowledge')), ...store.audit.appending(said('resolve'))]);
    expect(await store.audit.newest(9)).toEqual([said('resolve'), said('acknowledge')]);
    expect(await store.audit.newest(1)).toEqual([said('resolve')]);
  });

  test('the ledger keeps the highest revision of an hour', async () => {
    const row = (revision: number, good: number, start = START) => ({
      slo: 's',
      start,
      good,
      total: 9,
      covered: HOUR,
      revision,
    });
    await store.commit(store.ledger.saving([row(1, 5), row(2, 6), row(1, 7), row(1, 8, START + HOUR)]));
    const slot = (start: number, good: number) => ({ start, width: HOUR, good, total: 9, covered: HOUR });
    expect(await store.ledger.read('s', START, START + 2 * HOUR)).toEqual([slot(START, 6), slot(START + HOUR, 8)]);
    expect(await store.ledger.read('s', START + 1, START + HOUR)).toEqual([]);
  });

  test('the ledger is recalled by exception: hours that are not as usual, days with holes, and the newest, whole', async () => {
    const row = (slo: string, hour: number, good = 9) => ({
      slo,
      start: START + hour * HOUR,
      good,
      total: 9,
      covered: HOUR,
      revision: 1,
    });
    const days = Array.from({ length: 100 }, (_, hour) => hour).filter((hour) => hour !== 30);
    await store.commit(
      store.ledger.saving([...days.map((hour) => row('b', hour, hour === 5 ? 4 : 9)), row('a', 0), row('c', 99)]),
    );
    expect(await store.ledger.slos()).toEqual(['a', 'b', 'c']);
    const { usual, days: found, rows } = await store.ledger.recall('b', START, START + 4 * DAY, START + 98 * HOUR);
    expect(usual).toEqual({ good: 9, total: 9, covered: HOUR });
    expect(found.map(({ start, whole }) => [(start - START) / DAY, whole])).toEqual([
      [0, true],
      [1, false],
      [2, true],
      [3, true],
    ]);
    const hours = rows.map(({ start }) => (start - START) / HOUR);
    expect(hours).toEqual([5, ...days.filter((hour) => hour >= 24 && hour < 48), 96, 97]);
    expect(await store.ledger.recall('d', START, START + DAY, START + 2 * DAY)).toMatchObject({ days: [], rows: [] });
  });

  test('a lease has one owner until it runs out or is given back', async () => {
    expect(await store.leases.acquire('leader', 'one', 0, 10)).toBe(true);
    expect(await store.leases.acquire('leader', 'two', 9, 19)).toBe(false);
    expect(await store.leases.acquire('leader', 'one', 9, 19)).toBe(true);
    expect(await store.leases.acquire('leader', 'two', 19, 29)).toBe(true);
    await store.leases.release('leader', 'one');
    expect(await store.leases.acquire('leader', 'one', 20, 30)).toBe(false);
    await store.leases.release('leader', 'two');
    expect(await store.leases.acquire('leader', 'one', 20, 30)).toBe(true);
  });

  test('a fact is its last value', async () => {
    expect(await store.facts.get('demo')).toBeNull();
    await store.commit([...store.facts.setting('demo', 'a'), ...store.facts.setting('demo', 'b')]);
    expect(await store.facts.get('demo')).toBe('b');
  });

  test('counters never fall, and are written with the next flush', async () => {
    const counter = (events: number, bad: number) => new Map([['s', { events, bad }]]);
    store.counters.write(counter(10, 1));
    await store.slots.flush();
    store.counters.write(counter(9, 2));
    await store.slots.flush();
    expect(await store.counters.read()).toEqual(counter(10, 2));
  });
};
