import { afterEach, describe, expect, test } from 'vitest';
import { createAgent, type Agent, type AgentState } from '../../src/agent/agent.ts';
import type { Assignment, Failure, Hello, Link, Taken } from '../../src/agent/link.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import { NO_STATS } from '../../src/probe/hand-over.ts';
import { unknownResult, type CheckResult, type Target } from '../../src/probe/probe.ts';
import type { Prober } from '../../src/probe/prober.ts';
import { target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const PROBE = 'shop/checkout/health';
const TARGETS: readonly Target[] = [scheduled(PROBE, target('http://127.0.0.1:1/'), 1_000, 500)];
const UNREACHABLE: Failure = { ok: false, kind: 'again', code: 'server_unreachable', message: 'nobody answers' };

const SOON = { timeout: 20_000 };

/** A server as the agent meets it: what it was told, and how it answers. Its clock is the true one. */
const fakeLink = (
  answers: { report?: (batch: number) => Taken | Failure; poll?: (poll: number) => Failure | null } = {},
) => {
  const batches: (readonly CheckResult[])[] = [];
  const hellos: Hello[] = [];
  const link: Link = {
    async poll(hello, signal): Promise<Assignment | Failure> {
      hellos.push(hello);
      const receivedAt = Date.now();
      const failure = answers.poll?.(hellos.length);
      if (failure) return failure;
      const known = hello.revision === 'r1';
      if (known && hello.waitMs > 0) await systemClock.sleep(hello.waitMs, signal);
      return { ok: true, revision: 'r1', targets: known ? null : TARGETS, receivedAt, sentAt: Date.now() };
    },
    async report(results) {
      batches.push(results);
      return answers.report?.(batches.length) ?? { ok: true, taken: results.length, refused: 0 };
    },
  };
  return { link, batches, hellos };
};

/** Checks that end when the test says so. */
const fakeProber = () => {
  let listener: (results: readonly CheckResult[]) => void = () => undefined;
  const sets: (readonly Target[])[] = [];
  const prober: Prober = {
    set: async (targets) => void sets.push(targets),
    onResults: (heard) => (listener = heard),
    stats: async () => NO_STATS,
    check: async ({ id }) => unknownResult(id, 0, 'ok', ''),
    stop: async () => undefined,
  };
  return { prober, sets, ended: (results: readonly CheckResult[]) => listener(results) };
};

const startedAt = (at: number): CheckResult => ({
  ...unknownResult(PROBE, at, 'ok', ''),
  outcome: 'pass',
  durationMs: 40,
});

/** The wall clock of a machine that is wrong by `ms`; it can be set while it runs. */
const wrongBy = (ms: number): Clock & { setBy(more: number): void } => {
  let wrong = ms;
  return { ...systemClock, now: () => systemClock.now() + wrong, setBy: (more) => void (wrong += more) };
};

describe('An agent', () => {
  const agents: Agent[] = [];
  afterEach(() => Promise.all(agents.splice(0).map((agent) => agent.stop())));
  const begin = (link: Link, prober: Prober, clock: Clock = systemClock) => {
    const states: AgentState[] = [];
    const agent = createAgent({
      id: 'agent-1',
      version: '0.1.0',
      location: 'frankfurt',
      link,
      prober,
      clock,
      log: silentLog,
      onChange: (state) => void states.push(state),
    });
    agents.push(agent);
    const running = agent.run();
    running.catch(() => undefined);
    return { agent, running };
  };

  test.each([90_000, -90_000, 0])(
    'dates checks by the clock of its Nines when its own is wrong by %i ms',
    async (wrong) => {
      const { link, batches } = fakeLink();
      const { prober, sets, ended } = fakeProber();
      const clock = wrongBy(wrong);
      const { agent } = begin(link, prober, clock);
      await expect.poll(() => sets.length, SOON).toBe(1);
      const truth = Date.now() - 40;
      ended([startedAt(truth + wrong)]);
      await expect.poll(() => batches.length, SOON).toBe(1);
      expect(Math.abs((batches[0]?.[0]?.at ?? 0) - truth)).toBeLessThan(500);
      expect(Math.abs((agent.state().offsetMs ?? 0) + wrong)).toBeLessThan(500);
    },
  );

  test('dates a check right although its clock was set by an hour while it ran', async () => {
    const { link, batches } = fakeLink();
    const { prober, sets, ended } = fakeProber();
    const clock = wrongBy(0);
    const { agent } = begin(link, prober, clock);
    await expect.poll(() => sets.length, SOON).toBe(1);
    const started = Date.now() - 40;
    clock.setBy(3_600_000);
    ended([startedAt(started)]);
    await expect.poll(() => batches.length, SOON).toBe(1);
    expect(Math.abs((batches[0]?.[0]?.at ?? 0) - started)).toBeLessThan(500);
    expect(Math.abs((agent.state().offsetMs ?? 0) + 3_600_000)).toBeLessThan(500);
  });

  test('repeats a batch as it was until its Nines has it, then goes on in order', async () => {
    const { link, batches } = fakeLink({
      report: (batch) => (batch < 3 ? UNREACHABLE : { ok: true, taken: 1, refused: 0 }),
    });
    const { prober, sets, ended } = fakeProber();
    const { agent } = begin(link, prober);
    await expect.poll(() => sets.length, SOON).toBe(1);
    ended([startedAt(Date.now())]);
    await expect.poll(() => batches.length, SOON).toBe(1);
    ended([startedAt(Date.now() + 1), startedAt(Date.now() + 2)]);
    expect(agent.state()).toMatchObject({ backlog: 3 });
    await expect.poll(() => agent.state().backlog, SOON).toBe(0);
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 1, 2]);
    expect(batches[2]).toEqual(batches[0]);
  });

  test('throws a batch away that its Nines cannot read, instead of repeating it for ever', async () => {
    const unreadable: Failure = { ok: false, kind: 'refused', code: 'invalid_request', message: 'body: does not fit' };
    const { link, batches } = fakeLink({
      report: (batch) => (batch === 1 ? unreadable : { ok: true, taken: 1, refused: 0 }),
    });
    const { prober, sets, ended } = fakeProber();
    const { agent } = begin(link, prober);
    await expect.poll(() => sets.length, SOON).toBe(1);
    ended([startedAt(1)]);
    await expect.poll(() => agent.state().backlog, SOON).toBe(0);
    ended([startedAt(2)]);
    await expect.poll(() => batches.length, SOON).toBe(2);
  });

  test('says at once that it is refused, but waits when it had been let in', async () => {
    const refused: Failure = { ok: false, kind: 'refused', code: 'unauthorized', message: 'wrong token' };
    const never = begin(fakeLink({ poll: () => refused }).link, fakeProber().prober);
    await expect(never.running).rejects.toMatchObject({ code: 'unauthorized', message: 'wrong token' });
    const { link } = fakeLink({ poll: (poll) => (poll === 2 ? refused : null) });
    const { prober, sets } = fakeProber();
    const { agent } = begin(link, prober);
    await expect.poll(() => agent.state().trouble, SOON).toBe('wrong token');
    await expect.poll(() => agent.state(), SOON).toMatchObject({ joined: true, trouble: null });
    // Its checks went on meanwhile: nobody set other targets.
    expect(sets).toHaveLength(1);
  });

  test('reports what it has when it is stopped', async () => {
    const { link, batches } = fakeLink();
    const { prober, sets, ended } = fakeProber();
    const { agent } = begin(link, prober);
    await expect.poll(() => sets.length, SOON).toBe(1);
    ended(Array.from({ length: 450 }, (_, index) => startedAt(index)));
    await agent.stop();
    expect(batches.flat()).toHaveLength(450);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(200);
  });
});
