import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../../src/cli/table.ts';
import { readConfig } from '../../src/config.ts';
import { deadPort, folderWith, nines, stackIn } from './nines.ts';

const answering = (status: number, body: string): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(
      0,
      '127.0.0.1',
      () => {
        onTestFinished(() => void server.close());
        resolve(String((server.address() as { port: number }).port));
      },
    );
  });

describe('the command line', () => {
  it.each([[['--help']], [['-h']], [[]]])('%j lists every command and ends with 0', async (args) => {
    const { code, stdout, stderr } = await nines(args);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });

  it('--version is that of the package', async () => {
    expect((await nines(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each(['frobnicate', '__proto__', 'toString', 'constructor', '<img onerror=x>', '\u001b[31m'])(
    'refuses the command %j by its code',
    async (name) => {
      const { code, stdout, stderr } = await nines([name]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(`nines: unknown_command: there is no command ${JSON.stringify(name)}; see nines --help.\n`);
    },
  );

  it.each([
    [['diff', '--out', 'X'], 'unknown flag --out; did you mean --against?'],
    [['generate', '--against', 'X'], 'unknown flag --against; did you mean --out?'],
    [['check', '--confg', 'x'], 'unknown flag --confg; did you mean --config?'],
    [['check', '--frobnicate'], 'unknown flag --frobnicate; see nines check --help.'],
    [['check', '-x'], 'unknown flag -x; see nines check --help.'],
    [['check', '--config'], '--config needs a value; see nines check --help.'],
    [['check', '--days', '-1'], '--days needs a value; write --days=-1 if that is -1.'],
    [['check', '--json=1'], '--json takes no value.'],
  ])('says of %j which flag was meant', async (args, sentence) => {
    const { code, stdout, stderr } = await nines(args);
    expect([code, stdout, stderr]).toEqual([1, '', `nines: invalid_request: ${sentence}\n`]);
  });

  it.each([
    [['status', '--frob']],
    [['status', '--port']],
    [['status', 'everything']],
    [['check', '--json=yes']],
    [['ack']],
    [['resolve', '']],
    [['snooze', '--for', '1h']],
    [['note']],
    [['escalate', '--executive']],
  ])('says of %j what is wrong with it, in one line', async (args) => {
    const { code, stdout, stderr } = await nines(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^nines: invalid_request: .+\n$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['abc', {}],
    ['-1', {}],
    ['65536', {}],
    ['', {}],
    ['0x10', {}],
    ['1e3', {}],
    ['80 ', {}],
  ])('refuses the port %j', async (port) => {
    for (const command of ['status', 'lab'])
      expect((await nines([command, `--port=${port}`])).stderr).toMatch(
        /^nines: config_invalid: .*between 0 and 65535.*\n$/,
      );
  });

  it.each([
    [{ NINES_PORT: 'many' }, 'NINES_PORT'],
    [{ NINES_PUBLIC_URL: 'nines.example.org' }, 'NINES_PUBLIC_URL'],
    [{ NINES_PUBLIC_URL: 'nines.example.org:9700' }, 'NINES_PUBLIC_URL'],
    [{ NINES_PUBLIC_URL: 'javascript:alert(1)' }, 'NINES_PUBLIC_URL'],
    [{ SLACK_API_URL: 'ftp://slack.test' }, 'SLACK_API_URL'],
  ])('refuses the environment %j', async (env, name) => {
    const { code, stderr } = await nines(['serve', '--data', folderWith()], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^nines: config_invalid: ${name} .+\\n$`));
  });

  it('refuses a lab that is no address, before it touches the data', async () => {
    const { code, stderr } = await nines(['demo', '--lab', 'the-lab', '--data', folderWith()]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^nines: config_invalid: --lab .+\n$/)]);
  });

  it('refuses a token that no header can carry, and does not show it', async () => {
    const { code, stderr } = await nines(['status'], { NINES_TOKEN: 'tok-RECOGNISED-1\n' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nines: config_invalid: NINES_TOKEN .+\n$/);
    expect(stderr).not.toContain('RECOGNISED');
  });

  it('takes a variable that is set to nothing for one that is not set', () => {
    const names = ['NINES_PORT', 'NINES_HOST', 'NINES_DATA_DIR', 'NINES_PROFILE', 'NINES_PUBLIC_URL', 'NINES_TOKEN'];
    const given = readConfig(Object.fromEntries(names.map((name) => [name, ''])));
    expect({ ...given, env: {} }).toEqual(readConfig({}));
  });

  it.each([
    [['status']],
    [['status', '--json']],
    [['incidents']],
    [['incidents', 'x']],
    [['ack', 'x']],
    [['resolve', 'x']],
    [['snooze', 'x']],
    [['escalate', 'x']],
    [['note', 'x', 'y']],
  ])('%j without a server is server_unreachable, with a hint', async (args) => {
    const port = await deadPort();
    const { code, stdout, stderr } = await nines([...args, '--port', port, '--data', folderWith()]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(`^nines: server_unreachable: No Nines answers at http://127\\.0\\.0\\.1:${port} .*nines serve.*\\n$`),
    );
  });

  it.each([
    [200, '<html>another server</html>'],
    [200, '{"hello":"world"}'],
    [200, 'null'],
    [404, '<html>nothing here</html>'],
    [502, ''],
    [500, '{"oops":true}'],
  ])('knows that what answers %i %j is no Nines', async (status, body) => {
    const port = await answering(status, body);
    const { code, stderr } = await nines(['status', '--port', port, '--data', folderWith()]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nines: server_unreachable: What answers at http:\/\/127\.0\.0\.1:\d+ is no Nines.+\n$/);
  });

  it('doctor ends with 2 when something is to be mended, and says what', async () => {
    const { code, stdout, stderr } = await nines([
      'doctor',
      '--json',
      '--port',
      await deadPort(),
      '--data',
      folderWith(),
    ]);
    expect([code, stackIn(stderr)]).toEqual([2, []]);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean; text: string }[] };
    expect(findings.find(({ what }) => what === 'server')).toMatchObject({ ok: false });
  });
});
