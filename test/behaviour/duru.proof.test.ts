import { afterEach, describe, expect, it } from 'vitest';
import { DAY } from '../../src/duration.ts';
import { API, AVAILABILITY, RESPONSE_TIME, startDuru } from '../harness/duru.ts';
import type { Story } from '../harness/nines.ts';

// A title names the requirements that its test proves: `nines coverage` counts them.
describe('the shipped catalog of Duru Notes', () => {
  let story: Story;
  afterEach(async () => {
    await story.stop();
    if (story.errors.length > 0) throw new Error(story.errors.join(''));
  });

  const open = () => story.app.nines.incidents({ state: 'open', limit: 10 });
  const slo = (id: string) => story.app.nines.slo(id);
  const alertOf = (subject: string) => story.app.nines.alerts().find(({ identity }) => identity.subject === subject);

  it('opens nothing while everything is well', async () => {
    story = await startDuru();
    await story.advance('20m');
    expect(await open()).toEqual([]);
    expect(slo(AVAILABILITY)?.budget.remaining).toBe(1);
    expect(slo(RESPONSE_TIME)?.budget.remaining).toBe(1);
    expect(await story.page('/')).toContain('No incident is open');
  });

  it('DN-65: an outage of the API burns 99.9 % of a month: critical after a minute, missed after 43.2 minutes of 30 days', async () => {
    story = await startDuru();
    await story.advance('1m');
    story.target(API, { health: 'fails', reason: 'refused', status: null });
    await story.advance('63s');
    expect(await open()).toMatchObject([{ incident: { severity: 'critical', service: 'api' } }]);
    expect(alertOf('availability')).toMatchObject({
      status: 'firing',
      severity: 'critical',
      title: expect.stringContaining('API availability burns its budget more than 14.4 times too fast'),
    });
    await story.advance('41m50s');
    expect(slo(AVAILABILITY)?.budget.remaining).toBeGreaterThan(0);
    expect(slo(AVAILABILITY)?.state).toBe('at-risk');
    await story.advance('1m');
    expect(slo(AVAILABILITY)).toMatchObject({ state: 'missed', because: expect.stringContaining('it is gone') });
    expect(await story.page(`/slos/${AVAILABILITY}`)).toContain('Missed');
  });

  it('DN-65: a single failed check in an hour is within the month, and calls nobody', async () => {
    story = await startDuru();
    story.target(API, (check) => (check === 30 ? 'fails' : 'passes'));
    await story.advance('1h', '10s');
    expect(await open()).toEqual([]);
    expect(slo(AVAILABILITY)?.budget).toMatchObject({ bad: 1 });
    expect(slo(AVAILABILITY)?.budget.remaining).toBeLessThan(1);
  });

  it('DN-49 DN-66: an API that answers 1 in 10 requests later than 500 ms misses 95 % of the week, and says so', async () => {
    story = await startDuru({ history: [] });
    story.target(API, (check) => ({ durationMs: check % 10 === 0 ? 501 : 500 }));
    await story.advance('3h', '10s');
    expect(slo(RESPONSE_TIME)?.budget.attained).toBeCloseTo(0.9, 2);
    expect(slo(RESPONSE_TIME)?.state).toBe('at-risk');
    expect(alertOf('response-time')).toMatchObject({
      status: 'firing',
      title: 'API response time burns its budget too fast',
      detail: expect.stringContaining('checks were slower than 500 ms'),
    });
    expect(await open()).toMatchObject([{ incident: { severity: 'warning', title: /API response time/ } }]);
    // Slow is not down.
    expect(slo(AVAILABILITY)?.budget.bad).toBe(0);
  });

  it('DN-49 DN-66: 1 in 25 is fast enough for 95 %, and calls nobody', async () => {
    story = await startDuru({ history: [] });
    story.target(API, (check) => ({ durationMs: check % 25 === 0 ? 900 : 500 }));
    await story.advance('3h', '10s');
    expect(slo(RESPONSE_TIME)?.budget.attained).toBeCloseTo(0.96, 2);
    expect(await open()).toEqual([]);
  });

  it('DN-69: an incident of 14 minutes is over in time, one of 17 minutes misses the objective of the quarter', async () => {
    story = await startDuru();
    const outage = async (duration: string): Promise<void> => {
      story.target(API, 'fails');
      await story.advance(duration, '10s');
      story.target(API, 'passes');
      await story.advance('45m', '10s');
      expect(await open()).toEqual([]);
    };
    await outage('14m');
    expect(slo('duru-notes/api/recovery-time')).toMatchObject({ state: 'ok', budget: { good: 1, total: 1 } });
    await outage('17m');
    expect(slo('duru-notes/api/recovery-time')).toMatchObject({ state: 'missed', budget: { good: 1, total: 2 } });
  });

  it('DN-37: a gateway that is down is critical within 80 seconds, and one failed check is not down', async () => {
    story = await startDuru();
    story.target(API, (check) => (check === 2 ? 'fails' : 'passes'));
    await story.advance('3m');
    expect(alertOf('gateway-down')).toBeUndefined();
    story.target(API, { health: 'fails', reason: 'refused', status: null });
    await story.advance('65s');
    expect(alertOf('gateway-down')).toMatchObject({ status: 'pending' });
    await story.advance('15s');
    expect(alertOf('gateway-down')).toMatchObject({ status: 'firing', severity: 'critical', title: 'Gateway down' });
    expect(await open()).toMatchObject([{ incident: { severity: 'critical' } }]);
    const [view] = await open();
    expect(Object.values(view?.incident.alerts ?? {}).map(({ title }) => title)).toContain('Gateway down');
  });

  it('DN-43: a certificate that expires in less than 30 days is told as information, and calls nobody', async () => {
    story = await startDuru();
    const expiresIn = (days: number) => ({ certificateExpiresAt: story.clock.now() + days * DAY });
    story.target(API, expiresIn(31));
    await story.advance('1m');
    expect(alertOf('certificate-expires')).toBeUndefined();
    story.target(API, expiresIn(29));
    await story.advance('1m');
    expect(alertOf('certificate-expires')).toMatchObject({ status: 'firing', severity: 'info' });
    const page = await story.page('/');
    expect(page).toContain('Certificate expires within 30 days');
    expect(page).toContain('certificate-days is 29 days');
    expect(await story.metrics()).toMatch(/probe_ssl_earliest_cert_expiry\{.*probe="health"\} \d+/);
    await story.advance('10m');
    expect(await open()).toEqual([]);
    expect((await story.slack()).roots).toEqual([]);
    story.target(API, expiresIn(90));
    await story.advance('1m');
    expect(await story.page('/')).not.toContain('Certificate expires within 30 days');
  });

  it('an API slower than 1 s for five minutes is a warning', async () => {
    story = await startDuru();
    story.target(API, { durationMs: 1_200 });
    await story.advance('5m');
    expect(await open()).toEqual([]);
    await story.advance('20s');
    expect(await open()).toMatchObject([{ incident: { severity: 'warning', title: /API slower than 1 s/ } }]);
  });

  it('a notification service that answers 200 and is degraded is a warning after two minutes', async () => {
    story = await startDuru();
    await story.advance('1m');
    story.target('duru-notes/notifications/health', { health: 'fails', reason: 'json', status: 200 });
    await story.advance('4m');
    expect(await open()).toMatchObject([{ incident: { severity: 'warning', service: 'notifications' } }]);
  });

  it('a backup that was not reported for 26 hours is a warning, and a late report ends it', async () => {
    story = await startDuru();
    const backup = 'duru-notes/database/backup';
    expect(await story.app.nines.verbs.beat(backup)).toBe(true);
    await story.advance('25h58m', '1m');
    expect(await open()).toEqual([]);
    await story.advance('4m');
    expect(await open()).toMatchObject([{ incident: { severity: 'warning', service: 'database' } }]);
    await story.app.nines.verbs.beat(backup);
    await story.advance('5m');
    expect(await open()).toEqual([]);
  });
});
