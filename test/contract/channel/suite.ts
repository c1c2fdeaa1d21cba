import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/incident/notification.ts';
import type { Channel, Delivery } from '../../../src/notify/channel.ts';
import { notification } from '../../notify/notifications.ts';
import type { Stand } from './stand.ts';

const never = (): AbortSignal => new AbortController().signal;
const reasonOf = (delivery: Delivery): string => ('reason' in delivery ? delivery.reason : '');

export type Contract<S extends Stand> = {
  /** The other side, fresh for every test. */
  start: () => Promise<S>;
  create: (stand: S) => Channel;
};

/** What every channel with another side promises to whoever delivers, whatever that side does. */
export const channelContract = <S extends Stand>(name: string, { start, create }: Contract<S>): void => {
  describe(`${name}: the contract of a channel`, () => {
    let stand: S;
    let channel: Channel;
    const page: Notification = notification('page');
    const send = (signal = never()) => channel.send(page, { root: null, possibleRepeat: false, signal });

    beforeEach(async () => {
      stand = await start();
      channel = create(stand);
    });
    afterEach(() => stand.stop());

    /** What a deliverer does after an attempt that was not refused: search, then send again. */
    const settle = async (delivery: Delivery): Promise<Delivery> => {
      if (delivery.outcome === 'uncertain') {
        const found = await channel.reconcile!(page, { root: null, attemptedAt: Date.now(), signal: never() });
        if (found.outcome === 'found') return { outcome: 'sent', ref: found.ref };
        expect(found.outcome).toBe('absent');
      }
      return channel.send(page, { root: null, possibleRepeat: true, signal: never() });
    };

    it('delivers a page once and says what was created', async () => {
      expect(await send()).toMatchObject({ outcome: 'sent', ref: expect.any(String) });
      expect(stand.shown()).toHaveLength(1);
      expect(stand.shown()[0]).toContain('burns its budget 88.9 times too fast');
    });

    it('comes back when a rate limit says so, and does not wait for it itself', async () => {
      stand.fault('rate-limit-1h');
      expect(await send()).toMatchObject({ outcome: 'retry', afterMs: 3_600_000 });
    });

    it('comes back after 30 s when a rate limit does not say when', async () => {
      stand.fault('rate-limit');
      expect(await send()).toMatchObject({ outcome: 'retry', afterMs: 30_000 });
    });

    it.each(['error-after-storing', 'reset-after-storing'] as const)(
      'is there exactly once after %s',
      async (fault) => {
        stand.fault(fault);
        const first = await send();
        expect(['uncertain', 'retry']).toContain(first.outcome);
        stand.fault(null);
        expect((await settle(first)).outcome).toBe('sent');
        expect(stand.shown()).toHaveLength(1);
      },
    );

    it.each(['hang', 'stalled-body'] as const)(
      'ends at the signal when the other side does not (%s)',
      // Shorter than the client's own deadline of 8 s, which must not be what ended it.
      { timeout: 5_000 },
      async (fault) => {
        stand.fault(fault);
        const stop = new AbortController();
        const arrived = stand.arrived();
        const sending = send(stop.signal);
        await arrived;
        stop.abort();
        const delivery = await sending;
        expect(['uncertain', 'retry']).toContain(delivery.outcome);
        expect(reasonOf(delivery)).toMatch(/did not answer in time/);
      },
    );

    it.each(['html', 'html-502'] as const)('believes no page of a proxy (%s)', async (fault) => {
      stand.fault(fault);
      const first = await send();
      expect(['uncertain', 'retry']).toContain(first.outcome);
      expect(reasonOf(first)).not.toMatch(/</);
      stand.fault(null);
      expect((await settle(first)).outcome).toBe('sent');
      expect(stand.shown()).toHaveLength(1);
    });

    it('tries again when nobody listens, because nothing was sent', async () => {
      await stand.stop();
      expect(await send()).toMatchObject({ outcome: 'retry', reason: expect.stringContaining('ECONNREFUSED') });
    });

    it('does not start when it is told to stop before', async () => {
      expect(await send(AbortSignal.abort())).toMatchObject({ outcome: 'retry' });
      expect(stand.shown()).toHaveLength(0);
    });

    it('says that it is fine, or what is wrong, and pages nobody for it', async () => {
      expect(await channel.check(never())).toMatchObject({ ok: true });
      stand.fault('html-502');
      expect(await channel.check(never())).toMatchObject({ ok: false });
      expect(stand.shown()).toHaveLength(0);
    });

    it('never says the secret', async () => {
      const said: unknown[] = [];
      for (const fault of ['rate-limit', 'error-after-storing', 'reset-after-storing', 'html', 'html-502'] as const) {
        stand.fault(fault);
        said.push(await send(), await channel.check(never()));
      }
      await stand.stop();
      said.push(await send(), await channel.check(never()));
      expect(JSON.stringify([said, channel])).not.toContain(stand.secret);
    });
  });
};
