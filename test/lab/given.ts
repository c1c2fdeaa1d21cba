import type { Clock } from '../../src/clock.ts';
import { createLab } from '../../src/lab/lab.ts';
import type { Lab, LabOptions } from '../../src/lab/lab.ts';
import { silentLog } from '../../src/log.ts';

export const START = Date.UTC(2026, 10, 20, 12, 0, 0);

/** A clock that moves only when told; sleeping takes no time and is noted. */
export const givenClock = (start = START) => {
  let now = start;
  const slept: number[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now - start,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    turn: () => Promise.resolve(),
  };
  return { ...clock, slept, advance: (ms: number) => void (now += ms) };
};

export type Answered = { status: number; headers: Headers; text: string; body: any };

/** A running lab with short ways to speak to each stand-in. */
export const startLab = async (setup?: LabOptions['setup']) => {
  const clock = givenClock();
  const lab: Lab = await createLab({ host: '127.0.0.1', port: 0, clock, log: silentLog, ...(setup ? { setup } : {}) });

  const request = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const response = await fetch(lab.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const json = text !== '' && response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  return {
    ...lab,
    clock,
    request,
    post,
    slack: (method: string, args: Record<string, unknown> = {}, token = 'xoxb-lab-duru-notes') =>
      post(`/slack/api/${method}`, args, { authorization: `Bearer ${token}` }),
    enqueue: (event: unknown) => post('/v2/enqueue', event),
    fault: (id: string, on = true) => post(`/lab/faults/${id}`, { on }),
  };
};

export type StartedLab = Awaited<ReturnType<typeof startLab>>;
