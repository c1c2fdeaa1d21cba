import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { certificateFor, createAuthority } from '../probe/http/certificates.ts';
import { httpTarget, listen } from '../probe/http/target.ts';
import { deadPort, folderWith, launched, nines, serve, stackIn } from '../cli/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const TOKEN = 'an-agent-token-0123456789';
const ENV = { NINES_AGENT_TOKEN: TOKEN };
const PROBE = 'shop/checkout/health';
const SOON = { timeout: 30_000, interval: 100 };

/** One probe that runs in Frankfurt alone, five times a second; every check is counted by its target. */
const world = async () => {
  let checks = 0;
  const url = await httpTarget((_, response) => {
    checks++;
    response.end('ok');
  });
  const system = SYSTEM.replace('http://127.0.0.1:1/health', url)
    .replace('every: 10s', 'every: 200ms')
    .replace('timeout: 5s', 'timeout: 200ms\n        locations: [frankfurt]');
  const config = folderWith({ 'shop.yaml': system, 'policies.yaml': POLICIES });
  return { args: ['--config', config, '--data', folderWith()], checks: () => checks };
};

const agent = (url: string, env: Record<string, string> = ENV, more: readonly string[] = []) =>
  launched(['probe', '--join', url, '--location', 'frankfurt', ...more], env);

const counted = async (url: string) => {
  const json = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;
  const { results } = await json<{ results: { at: string; location: string; outcome: string }[] }>(
    `/api/v1/probes/${PROBE}?limit=1000`,
  );
  const { slos } = await json<{ slos: { budget: { total: number } }[] }>('/api/v1/slos');
  const { locations } = await json<{ locations: { name: string; state: string; backlog: number }[] }>(
    '/api/v1/locations',
  );
  return { results, total: slos[0]?.budget.total ?? 0, locations };
};

/** Stops the agent; what its target counted, what the server stored and what it judged must be the same number. */
const agrees = async (url: string, checks: () => number, stop: () => Promise<unknown>): Promise<void> => {
  await stop();
  const seen = checks();
  // A busy machine pauses the prober or runs out of its 200 ms: that is no matter of the road. What is judged follows
  // what is stored by a tick.
  const open = async (): Promise<number> => {
    const { results, total } = await counted(url);
    return Math.abs(results.filter(({ outcome }) => outcome !== 'unknown').length - total);
  };
  await expect.poll(async () => (await counted(url)).results.length, SOON).toBeGreaterThanOrEqual(seen - 1);
  await expect.poll(open, SOON).toBe(0);
  const { results } = await counted(url);
  // The check that was in flight when the agent stopped may be the target's word alone.
  expect(seen - results.length).toBeLessThanOrEqual(1);
  expect(new Set(results.map(({ at }) => at)).size).toBe(results.length);
  expect(new Set(results.map(({ location }) => location))).toEqual(new Set(['frankfurt']));
};

/** Stands between agent and server; `door` decides what becomes of each connection. */
const between = async (port: string, door: (agent: Socket, server: Socket) => void): Promise<string> => {
  const relay = createTcpServer((socket) => {
    const server = connect(Number(port), '127.0.0.1');
    server.on('error', () => socket.destroy());
    server.once('close', () => socket.destroy());
    socket.once('close', () => server.destroy());
    door(socket, server);
  });
  return `http://127.0.0.1:${await listen(relay)}`;
};

describe('nines probe', () => {
  test('checks what its Nines wants checked, and is listed there', async () => {
    const { args, checks } = await world();
    const server = await serve(args, ENV);
    const one = agent(server.url);
    await expect.poll(async () => (await counted(server.url)).results.length, SOON).toBeGreaterThan(3);
    const { locations } = await counted(server.url);
    expect(locations).toMatchObject([{ name: 'frankfurt', state: 'joined' }]);
    const { probe } = (await (await fetch(`${server.url}/api/v1/probes/${PROBE}`)).json()) as {
      probe: { state: string };
    };
    expect(probe.state).toBe('up');
    await agrees(server.url, checks, async () => {
      one.child.kill('SIGTERM');
      const { code, stderr } = await one.ended;
      expect([code, stackIn(stderr)]).toEqual([0, []]);
    });
  });

  test('loses and repeats nothing when its Nines is killed and started again', async () => {
    const { args, checks } = await world();
    const first = await serve(args, ENV);
    const one = agent(first.url);
    await expect.poll(async () => (await counted(first.url)).results.length, SOON).toBeGreaterThan(3);
    first.kill('SIGKILL');
    await first.ended;
    const atKill = checks();
    await expect.poll(checks, SOON).toBeGreaterThan(atKill + 10);
    // The later --port wins.
    const second = await serve([...args, '--port', first.port], ENV);
    await expect.poll(async () => (await counted(second.url)).results.length, SOON).toBeGreaterThan(atKill + 10);
    await agrees(second.url, checks, async () => {
      one.child.kill('SIGTERM');
      await one.ended;
    });
    expect(one.heard.stderr).toContain('No Nines answers at');
    expect(one.heard.stderr).toContain('Nines answers again.');
  });

  test('counts once what was taken and never answered, and what was cut in the middle', async () => {
    const { args, checks } = await world();
    const server = await serve(args, ENV);
    let reports = 0;
    const url = await between(server.port, (socket, onward) => {
      let fate: 'whole' | 'no answer' | 'half' = 'whole';
      socket.on('data', (bytes) => {
        if (bytes.includes('/results')) {
          reports++;
          fate = reports % 3 === 1 ? 'no answer' : reports % 3 === 2 ? 'half' : 'whole';
          if (fate === 'half') {
            onward.write(Buffer.from(bytes).subarray(0, bytes.length / 2), () => socket.destroy());
            return;
          }
        }
        onward.write(bytes);
      });
      onward.on('data', (bytes) => {
        if (fate === 'no answer') socket.destroy();
        else socket.write(bytes);
      });
    });
    const one = agent(url);
    await expect.poll(() => reports, SOON).toBeGreaterThan(6);
    await agrees(server.url, checks, async () => {
      one.child.kill('SIGTERM');
      await one.ended;
    });
  });

  test('joins over TLS whose authority it is told, and not without', async () => {
    const { args } = await world();
    const server = await serve(args, ENV);
    const authority = await createAuthority();
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const pair = await certificateFor(authority, {
      name: 'localhost',
      from: new Date(now - 86_400_000),
      to: new Date(now + 86_400_000),
    });
    const port = await listen(
      createTlsServer(pair, (socket) => {
        const onward = connect(Number(server.port), '127.0.0.1');
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
      }),
    );
    const url = `https://localhost:${port}`;
    const stranger = agent(url);
    await stranger.says('No Nines answers at');
    stranger.child.kill('SIGTERM');
    const ca = `${folderWith({ 'ca.pem': authority.pem })}/ca.pem`;
    const friend = agent(url, { ...ENV, NODE_EXTRA_CA_CERTS: ca });
    await friend.says('Joined.');
    await expect.poll(async () => (await counted(server.url)).results.length, SOON).toBeGreaterThan(0);
  });

  test('waits for a Nines that is not there yet', async () => {
    const { args } = await world();
    const port = await deadPort();
    const one = agent(`http://127.0.0.1:${port}`);
    await one.says('No Nines answers at');
    const server = await serve([...args, '--port', port], ENV);
    await one.says('Joined.');
    expect((await counted(server.url)).locations).toMatchObject([{ state: 'joined' }]);
  });

  test('ends with one sentence where only a person can help', async () => {
    const { args } = await world();
    const server = await serve(args, ENV);
    const closed = await serve((await world()).args);
    const refused = async (args: readonly string[], env: Record<string, string>) => {
      const { code, stdout, stderr } = await nines(['probe', ...args], env);
      expect([code, stdout, stackIn(stderr)]).toEqual([1, '', []]);
      return stderr.trimEnd().split('\n').at(-1);
    };
    const join = (url: string, location = 'frankfurt') => ['--join', url, '--location', location];
    expect(await refused(join(server.url), { NINES_AGENT_TOKEN: 'wrong' })).toMatch(
      /^nines: unauthorized: .*NINES_AGENT_TOKEN/,
    );
    expect(await refused(join(closed.url), ENV)).toMatch(/^nines: forbidden: .*set NINES_AGENT_TOKEN/);
    expect(await refused(join(server.url, 'lagos'), ENV)).toMatch(/^nines: not_found: .*lagos; there is frankfurt/);
    expect(await refused(join(server.url, 'main'), ENV)).toMatch(/^nines: invalid_request: main is Nines itself/);
    expect(await refused(join(server.url), {})).toMatch(/^nines: config_invalid: NINES_AGENT_TOKEN is not set/);
    expect(await refused(join('http://192.0.2.1:9700'), ENV)).toMatch(/^nines: config_invalid: .*https.*--insecure/);
    expect(await refused(['--location', 'frankfurt'], ENV)).toMatch(/^nines: config_invalid: --join is missing/);
    const other = await httpTarget((_, response) => response.end('hello'));
    expect(await refused(join(other), ENV)).toMatch(/^nines: server_unreachable: .*no Nines/);
  });
});
