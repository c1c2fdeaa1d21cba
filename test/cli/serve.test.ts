import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { folderWith, nines, serve, stackIn, takenPort } from './nines.ts';

const FILES = { 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES };

/** The last line: before it stand the warnings of the definitions. */
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('nines serve refuses to start, ends with 1 and leaves nothing behind', () => {
  const refused = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await nines(['serve', '--config', folderWith(FILES), ...args], env);
    expect([code, stdout, stackIn(stderr)]).toEqual([1, '', []]);
    return lastLine(stderr);
  };

  it('when the port is in use', async () => {
    const [port, data] = [await takenPort(), folderWith()];
    expect(await refused(['--port', port, '--data', data])).toMatch(
      new RegExp(`^nines: port_in_use: Port ${port} of 127\\.0\\.0\\.1 is in use; .*--port`),
    );
    expect(existsSync(join(data, 'nines.pid'))).toBe(false);
    // The data folder is free again: the process is gone, and its lock with it.
    await serve(['--config', folderWith(FILES), '--data', data]);
  });

  it('when another Nines uses the data folder, which goes on undisturbed', async () => {
    const data = folderWith();
    const first = await serve(['--config', folderWith(FILES), '--data', data]);
    expect(await refused(['--port', '0', '--data', data])).toMatch(/^nines: data_locked: .*nines\.db.*--data/);
    expect(readFileSync(join(data, 'nines.pid'), 'utf8')).toBe(`${first.pid}\n`);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
  });

  it('when nines.db is damaged, which it leaves as it is', async () => {
    const data = folderWith({ 'nines.db': 'this is no database. '.repeat(1_000) });
    expect(await refused(['--port', '0', '--data', data])).toMatch(
      /^nines: data_corrupt: .*nines\.db is damaged .*nines restore FILE --force/,
    );
    expect(readFileSync(join(data, 'nines.db'), 'utf8')).toContain('this is no database.');
  });

  it('when a page within nines.db is damaged', async () => {
    const data = folderWith();
    const first = await serve(['--config', folderWith(FILES), '--data', data]);
    first.kill('SIGTERM');
    await first.ended;
    const bytes = readFileSync(join(data, 'nines.db'));
    writeFileSync(
      join(data, 'nines.db'),
      Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 7)]),
    );
    expect(await refused(['--port', '0', '--data', data])).toMatch(/^nines: data_corrupt: .*nines\.db is damaged/);
  });

  it('beyond loopback without a token', async () => {
    const data = folderWith();
    for (const [args, env] of [
      [[], { NINES_HOST: '0.0.0.0' }],
      [['--host', '::'], {}],
    ] as const)
      expect(await refused(['--port', '0', '--data', data, ...args], env)).toMatch(
        /^nines: address_needs_token: .*NINES_TOKEN/,
      );
    expect(existsSync(join(data, 'nines.db'))).toBe(false);
  });

  it('when the definitions have mistakes: all of them, with their places', async () => {
    const config = folderWith({
      'shop.yaml': SYSTEM.replace('99.9', '999'),
      'policies.yaml': POLICIES.replace('10m', 'x'),
    });
    const { code, stderr } = await nines(['serve', '--port', '0', '--data', folderWith(), '--config', config]);
    expect([code, stackIn(stderr)]).toEqual([1, []]);
    expect(stderr).toMatch(/^nines: definition_invalid: The definitions have mistakes:\n/);
    expect(stderr).toContain(`${config}/shop.yaml:19:20 objective must be less than 100, got 999`);
    expect(stderr).toContain(`${config}/policies.yaml:`);
  });

  it('when its address is not one of this machine', async () => {
    expect(
      await refused(['--port', '0', '--data', folderWith(), '--host', '192.0.2.1'], { NINES_TOKEN: 'a-token' }),
    ).toMatch(/^nines: \w+: .*192\.0\.2\.1/);
  });

  it('nines lab, when its port is in use', async () => {
    const { code, stderr } = await nines(['lab', '--port', await takenPort()]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^nines: port_in_use: .+\n$/)]);
  });
});

describe('nines serve', () => {
  it('names its process in nines.pid until it is stopped, and ends with 0 by SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const data = folderWith();
      const server = await serve(['--config', folderWith(FILES), '--data', data]);
      expect(readFileSync(join(data, 'nines.pid'), 'utf8')).toBe(`${server.pid}\n`);
      server.kill(signal);
      const { code, stderr } = await server.ended;
      expect([code, stackIn(stderr)]).toEqual([0, []]);
      expect(existsSync(join(data, 'nines.pid'))).toBe(false);
    }
  });

  it('starts on the data of one that was killed, whose nines.pid is still there', async () => {
    const [config, data] = [folderWith(FILES), folderWith()];
    const killed = await serve(['--config', config, '--data', data]);
    killed.kill('SIGKILL');
    await killed.ended;
    const next = await serve(['--config', config, '--data', data]);
    expect(readFileSync(join(data, 'nines.pid'), 'utf8')).toBe(`${next.pid}\n`);
  });

  it('reads the definitions again on SIGHUP; a faulty file keeps the running catalog', async () => {
    const config = folderWith(FILES);
    const server = await serve(['--config', config, '--data', folderWith()]);
    const objective = async (): Promise<number> => {
      const { slos } = (await (await fetch(`${server.url}/api/v1/slos`)).json()) as { slos: { objective: number }[] };
      return slos[0]?.objective ?? 0;
    };
    writeFileSync(join(config, 'shop.yaml'), SYSTEM.replace('99.9', '99.5'));
    server.kill('SIGHUP');
    await server.says('Catalog loaded.');
    expect(await objective()).toBe(99.5);
    writeFileSync(join(config, 'shop.yaml'), SYSTEM.replace('99.9', '999'));
    server.kill('SIGHUP');
    await server.says('shop.yaml:19:20 objective must be less than 100, got 999');
    expect(await objective()).toBe(99.5);
    expect(stackIn(server.heard.stderr)).toEqual([]);
  });

  it('outlives its definitions: when the folder is taken away, the running catalog stays and the page says so', async () => {
    const config = folderWith(FILES);
    const server = await serve(['--config', config, '--data', folderWith()]);
    renameSync(config, `${config}.away`);
    server.kill('SIGHUP');
    await server.says('there is no such folder');
    const page = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('there is no such folder');
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('nines_catalog_valid 0');
    renameSync(`${config}.away`, config);
    server.kill('SIGHUP');
    await server.says('Catalog loaded.');
  });

  it('outlives whoever read its output', async () => {
    const config = folderWith(FILES);
    const server = await serve(['--config', config, '--data', folderWith()]);
    server.deaf();
    writeFileSync(join(config, 'shop.yaml'), SYSTEM.replace('99.9', '99.5'));
    server.kill('SIGHUP');
    const reloads = async (): Promise<boolean> =>
      (await (await fetch(`${server.url}/metrics`)).text()).includes(
        'nines_catalog_reloads_total{outcome="success"} 2',
      );
    await expect.poll(reloads, { timeout: 10_000 }).toBe(true);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
