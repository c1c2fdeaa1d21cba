import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakePrometheus, type FakePrometheus, type Fault } from '../client/fake-prometheus.ts';
import { pulled } from '../harness/pulled.ts';
import { folderWith, nines, stackIn } from './nines.ts';

const TOKEN = 'a-token-nobody-may-see';

let fake: FakePrometheus;
beforeEach(async () => {
  fake = await startFakePrometheus();
});
afterEach(() => fake.stop());

const check = async (url: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
  const folder = folderWith(pulled('http://prometheus.example.org'));
  const ended = await nines(['check', '--config', folder, '--prometheus', url, ...args], env);
  expect(stackIn(ended.stderr)).toEqual([]);
  expect(ended.stdout + ended.stderr).not.toMatch(/a-token-nobody|p%40ss|p@ss/);
  return ended;
};

describe('nines check --prometheus', () => {
  it.each<[string, Fault | null, RegExp]>([
    ['a wrong token', { kind: 'status', status: 401 }, /^nines: unauthorized: .*\(status 401\).*PROMETHEUS_TOKEN/],
    ['a login page', { kind: 'html' }, /^nines: server_unreachable: .*web page instead of data/],
    ['another server', { kind: 'status', status: 404 }, /^nines: server_unreachable: .*no Prometheus API/],
    ['half an answer', { kind: 'truncated' }, /^nines: server_unreachable: .*breaks off/],
  ])('says in one sentence that it met %s, and ends with 1', async (_, fault, sentence) => {
    fake.fault = () => fault;
    const { code, stderr } = await check(fake.url, [], { PROMETHEUS_TOKEN: TOKEN });
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/[^.]\.\n$/);
  });

  it('says that nobody is there, and not who was to be let in', async () => {
    const { code, stderr } = await check('http://reader:p%40ss@127.0.0.1:4/');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^nines: server_unreachable: Prometheus cannot be asked\. It cannot be reached: .*ECONNREFUSED/,
    );
  });

  it.each(['prometheus:9090', 'ftp://reader:p%40ss@prometheus', ''])(
    'refuses the address %j without repeating it',
    async (url) => {
      const { code, stderr } = await check(url);
      expect([code, stderr]).toEqual([
        1,
        'nines: invalid_request: --prometheus must be a URL such as http://prometheus:9090.\n',
      ]);
    },
  );

  it.each(['x', '-1', '91', '1.5'])('refuses %s days', async (days) => {
    const { stderr } = await check(fake.url, [`--days=${days}`]);
    expect(stderr).toBe('nines: invalid_request: --days must be a number from 0 to 90.\n');
  });

  it('sends its token, only reads, and prints findings before the numbers', async () => {
    fake.token = TOKEN;
    const { code, stdout, stderr } = await check(fake.url.replace('//', '//reader:p%40ss@'), [], {
      PROMETHEUS_TOKEN: TOKEN,
    });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/no mistakes\.\n\nPrometheus at http:\/\/127\.0\.0\.1:\d+\/:\nerror: /);
    expect(stdout).toMatch(/^error: http_requests_total: No such series/m);
    expect(stdout).toMatch(/^warning: .*: None of the generated rules is loaded/m);
    expect(stdout).toMatch(/\d+ errors, \d+ warnings\.\n$/);
    const asked = new Set(fake.asked.map(({ path }) => path));
    for (const path of asked)
      expect(path).toMatch(/^(?:query|query_range|rules|status\/flags|status\/runtimeinfo|metadata)$/);
  });

  it('--json has the promised shape, and --days 0 counts no alerts', async () => {
    const { code, stdout } = await check(fake.url, ['--json', '--days', '0']);
    const told = JSON.parse(stdout) as { valid: boolean; prometheus: Record<string, unknown> };
    expect([code, told.valid]).toEqual([1, true]);
    expect(told.prometheus).toMatchObject({
      url: `${fake.url}/`,
      days: 0,
      exitCode: 1,
      rules: { generated: expect.any(Number) as unknown, loaded: 0, same: 0 },
      alerts: [],
      inputs: expect.arrayContaining([{ selector: 'http_requests_total', series: 0, rules: 3 }]) as unknown,
    });
    expect(told.prometheus['findings']).toContainEqual({
      severity: 'error',
      kind: 'no-series',
      where: 'http_requests_total',
      text: expect.any(String) as unknown,
    });
    expect(fake.asked.some(({ path }) => path === 'query_range')).toBe(false);
  });

  it('says in --help what its exit codes are', async () => {
    const { stdout } = await nines(['check', '--help']);
    expect(stdout).toMatch(/--prometheus URL/);
    expect(stdout).toMatch(/1 with an error, 2 when the rules loaded there are not those generated/);
  });
});
