import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';

type Answer = { status: number; text: string };

/** As any client may write it: `fetch` would not send these. */
const ask = (url: string, headers: Record<string, string>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => (text += more));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });

const ended = (args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, ['bin/nines.js', ...args], (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe('at every door', () => {
  let story: Story;
  afterEach(() => story.stop());

  it('a refusal is a page for people and {"code","message"} for programs, also before anybody is known', async () => {
    story = await start();
    for (const [path, headers, status, code] of [
      ['/', { host: 'evil.example' }, 403, 'forbidden'],
      ['/nothing/here', {}, 404, 'not_found'],
      ['/incidents/%00', {}, 404, 'not_found'],
      ['/slos/shop/checkout/none', {}, 404, 'not_found'],
    ] as const) {
      const json = await ask(story.app.url + path, headers);
      expect([path, json.status, JSON.parse(json.text)]).toEqual([path, status, { code, message: expect.any(String) }]);
      const page = await ask(story.app.url + path, { accept: 'text/html', cookie: 'nines_0=%%%', ...headers });
      expect([path, page.status]).toEqual([path, status]);
      expect(page.text).toMatch(/^<!doctype html>/i);
      expect(page.text).toContain(code);
    }
    for (const [path, status] of [
      ['/%', 400],
      [`/incidents/${'x'.repeat(600)}`, 414],
    ] as const) {
      const { text, ...unreadable } = await ask(story.app.url + path, {});
      expect([unreadable.status, JSON.parse(text)]).toEqual([
        status,
        { code: 'invalid_request', message: expect.any(String) },
      ]);
    }
    expect(story.errors).toEqual([]);
  });

  it('the command line says by its code what the server refuses, and prints what it accepts as JSON', async () => {
    story = await start();
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    const id = (await story.app.nines.incidents({ state: 'open', limit: 1 }))[0]?.incident.id ?? 'none';
    const there = ['--port', new URL(story.app.url).port, '--data', join(story.folder, 'data')];
    for (const [args, code] of [
      [['ack', 'no-such-id'], 'not_found'],
      [['incidents', '../slos'], 'not_found'],
      [['snooze', id, '--for', 'soon'], 'invalid_request'],
      [['snooze', id, '--for', '0s'], 'invalid_request'],
      [['snooze', id, '--for', '999999999999999999d'], 'conflict'],
      [['note', id], 'invalid_request'],
      [['note', id, 'x'.repeat(5_000)], 'invalid_request'],
      [['ack', id, '--by', 'x'.repeat(300)], 'invalid_request'],
    ] as const) {
      const { stdout, stderr } = await ended([...args, ...there]);
      expect([args[0], stdout, stderr]).toEqual([
        args[0],
        '',
        expect.stringMatching(new RegExp(`^nines: ${code}: .+\\n$`)),
      ]);
    }
    const taken = await ended(['ack', id, '--by', 'Ann', '--json', ...there]);
    expect(JSON.parse(taken.stdout)).toMatchObject({
      incident: { id, state: 'acknowledged', acknowledged: { by: { name: 'Ann', door: 'cli' } } },
    });
    const second = await ended(['ack', id, '--by', 'Bob', ...there]);
    expect(second.stderr).toMatch(/^nines: conflict: .*Ann.*\n$/);
    for (const args of [['status'], ['incidents'], ['incidents', '--all'], ['incidents', id], ['doctor']])
      expect(Object.keys(JSON.parse((await ended([...args, '--json', ...there])).stdout) as object)).not.toEqual([]);
    expect((await ended(['status', ...there])).stdout).toContain('shop/checkout/availability');
    const strange = await ended(['ack', id, '--port', new URL(story.app.url).port, '--data', story.folder]);
    expect(strange.stderr).toMatch(/^nines: unauthorized: .+\n$/);
    expect(story.errors).toEqual([]);
  });
});
