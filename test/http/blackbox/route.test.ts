import { describe, expect, onTestFinished, test } from 'vitest';
import { loadModules } from '../../../src/http/blackbox/config.ts';
import { timeoutOf } from '../../../src/http/routes/blackbox.ts';
import type { CheckResult, Target } from '../../../src/probe/probe.ts';
import { bearer, INGEST, PEOPLE, start } from '../start.ts';

const CONFIG = `modules:
  http_2xx: { prober: http, timeout: 5s, http: { headers: { X-Key: secret-of-the-module } } }
  hosted: { prober: http, http: { headers: { Host: inner } } }
  tls_only: { prober: http, http: { fail_if_not_ssl: true } }
  old: { prober: unix }
`;

const RESULT: Omit<CheckResult, 'probe'> = {
  at: 0,
  durationMs: 12,
  outcome: 'pass',
  reason: 'ok',
  detail: '',
  status: 200,
  phases: { connect: 1, processing: 10 },
  certificateExpiresAt: null,
  address: '127.0.0.1',
  degraded: false,
  attempts: 1,
  readings: {},
  lateMs: 0,
  stalledMs: 0,
  suspect: false,
};

const open = async (result: Partial<CheckResult> = {}, loginRequired = false) => {
  const asked: Target[] = [];
  let unknown = 0;
  const { modules } = loadModules(
    { file: 'blackbox.yml', text: CONFIG },
    { allow: ['private'], read: () => undefined },
  );
  const { app } = await start({
    loginRequired,
    blackbox: {
      modules,
      check: async (target) => {
        asked.push(target);
        return { ...RESULT, probe: target.id, ...result };
      },
      now: () => 0,
      onUnknownModule: () => void unknown++,
    },
  });
  onTestFinished(() => app.close());
  const get = async (query: string, headers: Record<string, string> = {}) => {
    const { statusCode, body, headers: answered } = await app.inject({ url: `/probe${query}`, headers });
    return { statusCode, body, type: answered['content-type'] };
  };
  return { get, asked, unknown: () => unknown };
};

const TARGET = '?target=http%3A%2F%2F127.0.0.1%2Fhealth';

describe('GET /probe', () => {
  test('checks the target now and answers in Prometheus text', async () => {
    const { get, asked } = await open();
    const { statusCode, body, type } = await get(TARGET);
    expect([statusCode, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain('# TYPE probe_success gauge\nprobe_success 1\n');
    expect(asked).toMatchObject([
      { id: 'probe/http_2xx', timeoutMs: 5_000, check: { url: 'http://127.0.0.1/health' } },
    ]);
  });

  test('answers 200 also for a target that fails, or is none', async () => {
    const { get } = await open({ outcome: 'fail', reason: 'refused', status: null });
    expect((await get(TARGET)).body).toContain('probe_success 0\n');
    const none = await get('?target=http%3A%2F%2F169.254.169.254%2F');
    expect([none.statusCode, none.body.includes('probe_success 0\n')]).toEqual([200, true]);
  });

  test('has the words of blackbox_exporter for what is wrong with a scrape', async () => {
    const { get, unknown } = await open();
    expect(await get('')).toMatchObject({ statusCode: 400, body: 'Target parameter is missing\n' });
    expect(await get(`${TARGET}&module=x`)).toMatchObject({ statusCode: 400, body: 'Unknown module "x"\n' });
    expect(unknown()).toBe(1);
    expect((await get(`${TARGET}&module=old`)).body).toContain(
      'Module "old" asks for what Nines cannot do: prober must be',
    );
    const header = { 'x-prometheus-scrape-timeout-seconds': 'soon' };
    expect(await get(TARGET, header)).toMatchObject({ statusCode: 500 });
    expect(await get(`${TARGET}&module=hosted&hostname=other`)).toMatchObject({
      statusCode: 400,
      body: "host header defined both in module configuration (inner) and with URL-parameter 'hostname' (other)\n",
    });
    expect((await get(`${TARGET}&module=hosted&hostname=inner`)).statusCode).toBe(200);
  });

  test('gives up before Prometheus does', async () => {
    const { get, asked } = await open();
    await get(TARGET, { 'x-prometheus-scrape-timeout-seconds': '2' });
    expect(asked[0]?.timeoutMs).toBe(1_500);
  });

  test.for([
    [undefined, null, 119.5],
    ['10', null, 9.5],
    ['10', 5_000, 5],
    ['3', 5_000, 2.5],
    ['0.3', 5_000, 5],
    ['0', 0, 119.5],
    ['x', 0, null],
  ] as const)('with a header of %s and a timeout of %s waits for %s s', ([header, own, expected]) => {
    expect(timeoutOf(header, own)).toBe(expected);
  });

  test('fails what only blackbox_exporter judges', async () => {
    const { get } = await open();
    expect((await get(`${TARGET}&module=tls_only`)).body).toContain('probe_success 0\n');
  });

  test('debugs without secrets', async () => {
    const { get } = await open({ outcome: 'fail', reason: 'status', detail: 'status was 503' });
    const { body } = await get(
      '?target=http%3A%2F%2Fuser%3Asecret-of-the-url%40127.0.0.1%2F%3Fkey%3Dsecret&debug=true',
    );
    expect(body).toMatch(
      /^Logs for the probe:\n[^]*\n\n\nMetrics that would have been returned:\n[^]*\n\n\nModule configuration:\n/,
    );
    expect(body).toContain('status was 503');
    expect(body).not.toContain('secret');
  });
});

describe('Who may let us visit an address', () => {
  test('is anybody on loopback, but no page of another site', async () => {
    const { get } = await open();
    expect((await get(TARGET)).statusCode).toBe(200);
    expect((await get(TARGET, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  });

  test('is whoever has one of the tokens, where a login is required', async () => {
    const { get, asked } = await open({}, true);
    expect((await get(TARGET)).statusCode).toBe(401);
    expect((await get(TARGET, bearer('wrong'))).statusCode).toBe(401);
    expect(asked).toEqual([]);
    expect((await get(TARGET, bearer(INGEST))).statusCode).toBe(200);
    expect((await get(TARGET, bearer(PEOPLE))).statusCode).toBe(200);
  });

  test('is nobody where the door is not open', async () => {
    const { app } = await start();
    onTestFinished(() => app.close());
    expect((await app.inject({ url: `/probe${TARGET}` })).statusCode).toBe(404);
  });
});
