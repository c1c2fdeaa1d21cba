import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { folderWith, nines, stackIn } from './nines.ts';

const check = async (files: Record<string, string | Uint8Array>, ...args: string[]) => {
  const folder = folderWith(files);
  const { stdout, ...rest } = await nines(['check', '--config', folder, ...args]);
  return { ...rest, stdout: stdout.replaceAll(folder, 'slo'), folder };
};

describe('nines check', () => {
  it.each([
    [
      'a value that is out of range',
      SYSTEM.replace('99.9', '999'),
      'slo/shop.yaml:19:20 objective must be less than 100, got 999',
    ],
    ['an unknown key', SYSTEM.replace('tier: 0', 'teir: 0'), 'slo/shop.yaml:8:5 '],
    ['a duplicate key', SYSTEM.replace('name: Shop\n', 'name: Shop\nname: Shop\n'), 'slo/shop.yaml:5:1 '],
    [
      'an alias that holds itself',
      SYSTEM.replace('- id: checkout', '- &a\n    again: *a\n    id: checkout'),
      'slo/shop.yaml:7:12 ',
    ],
    ['an unknown kind', SYSTEM.replace('kind: System', 'kind: Sytem'), 'slo/shop.yaml:2:7 '],
    ['broken syntax', SYSTEM.replace('name: Shop\n', 'name: [Shop\n'), 'slo/shop.yaml:5:'],
    [
      'bytes that are no UTF-8',
      Buffer.from(SYSTEM.replace('Shop', 'Sh\u00f6p'), 'latin1'),
      'slo/shop.yaml:4:9 file must be UTF-8, got the byte 0xf6 here',
    ],
    [
      'more than 1 MiB',
      SYSTEM + `# ${'x'.repeat(1024 * 1024)}\n`,
      'slo/shop.yaml:1:1 file must not be larger than 1 MiB',
    ],
    ['nothing', '', 'slo/shop.yaml:1:1 file must hold a definition, got nothing'],
    ['a document that is no mapping', '- 1\n- 2\n', 'slo/shop.yaml:1:1 '],
  ])('says where %s stands, and ends with 1', async (_, text, place) => {
    const { code, stdout, stderr } = await check({ 'shop.yaml': text, 'policies.yaml': POLICIES });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.split('\n').find((line) => line.startsWith('slo/shop.yaml:'))).toContain(place);
    expect(stdout).toMatch(/^\d+ mistakes?\.$/m);
  });

  it('an alias bomb costs neither memory nor time', async () => {
    const levels = Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`).slice(1);
    const { code, stdout } = await check({ 'bomb.yaml': ['a0: &a0 [x]', ...levels].join('\n') });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^slo\/bomb\.yaml:\d+:\d+ /);
  });

  it('lists the mistakes of all files at once, as text and as JSON', async () => {
    const files = { 'shop.yaml': SYSTEM.replace('99.9', '999'), 'policies.yaml': POLICIES.replace('10m', 'soon') };
    const text = await check(files);
    expect(text.stdout).toContain('slo/shop.yaml:19:20 ');
    expect(text.stdout).toMatch(/^slo\/policies\.yaml:\d+:\d+ /m);
    const json = await check(files, '--json');
    const { valid, problems } = JSON.parse(json.stdout) as { valid: boolean; problems: { file: string }[] };
    expect([json.code, valid]).toEqual([1, false]);
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(['slo/policies.yaml', 'slo/shop.yaml']));
  });

  it('names a file as it was asked for: relative folders stay relative', async () => {
    const folder = folderWith({ 'shop.yaml': SYSTEM.replace('99.9', '999'), 'policies.yaml': POLICIES });
    const near = relative(process.cwd(), folder);
    expect((await nines(['check', '--config', near])).stdout).toMatch(new RegExp(`^${near}/shop\\.yaml:19:20 `, 'm'));
  });

  it('ends with 0 when only references are unset, and prints those as warnings', async () => {
    const { code, stdout } = await check({ 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES });
    expect(code).toBe(0);
    expect(stdout).toContain('PAGERDUTY_ROUTING_KEY_L4 is not set (warning)');
    expect(stdout).toMatch(/^1 system, 1 service, 1 probe, 1 SLO, 0 conditions: no mistakes\.\n$/m);
  });

  it.each([
    ['does not exist', '/no/such/folder', 'there is no such folder'],
    ['is a file', 'package.json', 'it is a file; name the folder that it lies in with --config.'],
  ])('a folder that %s is definition_unreadable', async (_, folder, why) => {
    for (const command of ['check', 'coverage', 'serve']) {
      const { code, stdout, stderr } = await nines([command, '--config', folder, '--data', join(folderWith(), 'data')]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^nines: definition_unreadable: .+\n$/);
      expect(stderr).toContain(why);
    }
  });

  it('a file that cannot be read is definition_unreadable and named', async () => {
    const folder = folderWith({ 'policies.yaml': POLICIES });
    spawnSync('ln', ['-s', 'loop.yaml', join(folder, 'loop.yaml')]);
    const { code, stderr } = await nines(['check', '--config', folder]);
    expect([code, stackIn(stderr)]).toEqual([1, []]);
    expect(stderr).toMatch(/^nines: definition_unreadable: .*loop\.yaml cannot be read/);
  });

  it('--days without a Prometheus is refused, since nothing would be counted', async () => {
    const { code, stderr } = await nines(['check', '--days', '3']);
    expect([code, stderr]).toEqual([
      1,
      'nines: invalid_request: --days counts alerts in the past of a Prometheus; name that with --prometheus URL.\n',
    ]);
  });

  it('warns of a runbook that is neither shipped nor in the folder runbooks', async () => {
    const text = SYSTEM.replace('window: 30d', 'window: 30d\n        runbook: own.md');
    const files = { 'shop.yaml': text, 'policies.yaml': POLICIES };
    const { code, stdout, folder } = await check(files);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^slo\/shop\.yaml:21:18 runbook own\.md is no page/m)]);
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'runbooks', 'own.md'), '# Own\n');
    expect((await nines(['check', '--config', folder])).stdout).not.toContain('own.md');
    const shipped = await check({ ...files, 'shop.yaml': text.replace('own.md', 'backups.md') });
    expect(shipped.stdout).not.toContain('backups.md');
  });

  it('--schema prints slo/schema.json', async () => {
    const { code, stdout } = await nines(['check', '--schema']);
    expect([code, stdout]).toEqual([0, readFileSync('slo/schema.json', 'utf8')]);
  });

  it.each([
    ['a reader that goes away is no accident', '| true', 0],
    ['a full disk is one, and no stack trace', '> /dev/full', 1],
  ])('%s', (_, where, code) => {
    const script = `set -o pipefail; "${process.execPath}" bin/nines.js check --schema ${where}`;
    const { stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect([stderr, status]).toEqual(['', code]);
  });
});

describe('nines explain', () => {
  const shop = (): string => folderWith({ 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES });

  it('takes the end of an id, and prints what follows from the SLO', async () => {
    const { code, stdout } = await nines(['explain', 'availability', '--config', shop()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop\/checkout\/availability/);
    expect(stdout).toMatch(/page-fast +14\.4× = 1\.44 %, 3 bad +1 h and 5 m +2 % +51 s +8 m 38 s +never +critical/);
    expect(stdout).toMatch(/· L4 [^]*\nA critical page that reaches nobody climbs a level before its time\.\n/);
  });

  it('says which SLOs there are when it knows none of that name, or when none is named', async () => {
    const unknown = await nines(['explain', 'nothing', '--config', shop()]);
    expect(unknown.stderr).toMatch(
      /^nines: not_found: There is no SLO nothing; write one of shop\/checkout\/availability/,
    );
    expect((await nines(['explain', '--config', shop()])).stderr).toMatch(/nines explain shop\/checkout\/availability/);
  });
});

describe('nines coverage', () => {
  it('--json has the promised shape', async () => {
    const { code, stdout } = await nines(['coverage', '--json']);
    const given = JSON.parse(stdout) as { total: number; checkable: number; covered: number; missing: object[] };
    expect([code, given.total]).toEqual([0, 317]);
    expect(Object.keys(given)).toEqual(['total', 'checkable', 'covered', 'missing']);
    expect(given.checkable - given.covered).toBe(given.missing.length);
    for (const row of given.missing) expect(row).toEqual({ id: expect.any(String), why: expect.any(String) });
  });

  it('without requirements.yaml, or on faulty definitions, says so', async () => {
    const none = await nines(['coverage', '--config', folderWith({ 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES })]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/^nines: not_found: .+\n$/)]);
    const faulty = folderWith({ 'shop.yaml': 'kind: [', 'requirements.yaml': readFileSync('slo/requirements.yaml') });
    expect((await nines(['coverage', '--config', faulty])).stderr).toMatch(/^nines: definition_invalid: .+\n$/);
  });
});
