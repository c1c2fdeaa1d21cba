import { afterEach, describe, expect, it } from 'vitest';
import { NinesError, type ErrorCode } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { start, type Story } from '../harness/nines.ts';

/** A store whose `commit` is refused while `fault` is set, as a full disk or a dead store thread refuses it. */
const ailing = () => {
  const ill: { fault: ErrorCode | null; only: RegExp; around: (store: Store) => Store } = {
    fault: null,
    only: /(?:)/,
    around: (store) => ({
      ...store,
      commit: async (statements) => {
        if (ill.fault && statements.some(({ text }) => ill.only.test(text)))
          throw new NinesError(ill.fault, 'No room left to write nines.db: free space on its disk.');
        return store.commit(statements);
      },
    }),
  };
  return ill;
};

describe.each(['data_full', 'store_unavailable', 'internal'] as const)('while the store answers %s', (code) => {
  let story: Story;
  afterEach(() => story.stop());

  const ill = ailing();
  const begin = async (): Promise<void> => {
    ill.fault = null;
    story = await start({ around: ill.around });
    await story.advance('1m');
  };
  const open = async () => story.app.nines.incidents({ state: 'open', limit: 10 });
  const fromMemory = (): readonly string[] => story.printed.filter((line) => line.includes('cannot write its store'));
  const ready = async () => {
    const response = await fetch(`${story.app.url}/ready`);
    return { status: response.status, ...((await response.json()) as { ready: boolean; reason: string | null }) };
  };

  it('no alert is lost: when it heals the incident is opened, paged and climbs, each once', async () => {
    await begin();
    ill.fault = code;
    story.target('shop/checkout/health', 'fails');
    await story.advance('5m');
    expect(await open()).toEqual([]);
    ill.fault = null;
    await story.advance('15s');
    expect(await open()).toMatchObject([{ incident: { severity: 'critical', service: 'checkout' } }]);
    await story.advance('2m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    await story.advance('8m');
    expect(await story.pagerduty()).toHaveLength(1);
  });

  it('an incident that was open waits, and climbs as soon as the store takes it', async () => {
    await begin();
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    ill.fault = code;
    await story.advance('12m');
    expect(await story.pagerduty()).toEqual([]);
    ill.fault = null;
    await story.advance('10s');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length, (await story.pagerduty()).length]).toEqual([1, 1, 1]);
  });

  it('after 30 s the fallback channel is paged from memory, once, however long it lasts; and once more the next time', async () => {
    await begin();
    ill.fault = code;
    await story.advance('30s');
    expect(fromMemory()).toEqual([]);
    await story.advance('10s');
    expect(fromMemory()).toEqual([expect.stringContaining('No room left to write nines.db')]);
    story.target('shop/checkout/health', 'fails');
    await story.advance('10m');
    expect(fromMemory()).toHaveLength(1);
    ill.fault = null;
    await story.advance('1m');
    ill.fault = code;
    await story.advance('20m');
    expect(fromMemory()).toHaveLength(2);
  });

  it('the metric and /ready say so all the time and why, and take it back when it heals', async () => {
    await begin();
    expect([await ready(), await story.metrics()]).toEqual([
      { status: 200, ready: true, reason: null, role: 'alone' },
      expect.stringContaining('nines_store_writable 1'),
    ]);
    ill.fault = code;
    await story.advance('10s');
    for (let second = 0; second < 12; second++) {
      await story.advance('1s');
      expect(await ready()).toMatchObject({
        status: 503,
        ready: false,
        role: 'alone',
        reason: expect.stringContaining('No room left'),
      });
      expect(await story.metrics()).toContain('nines_store_writable 0');
    }
    ill.fault = null;
    await story.advance('2s');
    expect(await ready()).toEqual({ status: 200, ready: true, reason: null, role: 'alone' });
    expect(await story.metrics()).toContain('nines_store_writable 1');
  });

  it('what somebody asks for is refused by its code, and nothing of it is done by half', async () => {
    await begin();
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    const [incident] = await open();
    const id = incident?.incident.id ?? 'none';
    ill.fault = code;
    const answer = await fetch(`${story.app.url}/api/v1/incidents/${id}/acknowledge`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-for-tests' },
    });
    expect([answer.status, await answer.json()]).toEqual([
      code === 'internal' ? 500 : 503,
      { code, message: expect.any(String) },
    ]);
    ill.fault = null;
    expect((await story.app.nines.incident(id))?.incident.state).toBe('triggered');
    await story.advance('2m');
    expect((await story.slack()).broadcasts).toHaveLength(1);
  });
});

describe('a page that was sent while its delivery could not be stored', () => {
  let story: Story;
  afterEach(() => story.stop());

  it('is found there when the store heals, and not sent again', async () => {
    const ill = ailing();
    story = await start({ around: ill.around });
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('2m');
    ill.only = /UPDATE outbox SET state/;
    ill.fault = 'data_full';
    await story.advance('1m');
    expect((await story.slack()).roots).toHaveLength(1);
    ill.fault = null;
    await story.advance('3m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(await story.metrics()).not.toMatch(/possible_duplicates_total\{[^}]*\} [1-9]/);
  });
});
