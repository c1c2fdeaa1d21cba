import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { ruleGroupsOf } from '../../src/generate/rules/index.ts';
import { isAlert } from '../../src/generate/rule.ts';
import { SLO_LABEL_NAMES } from '../../src/generate/series.ts';
import { dashboardsOf } from '../generate/dashboards/catalog.ts';
import { open, shownAs, type Answer, type Opened, type Picked } from './opened.ts';
import { CAFE_LASTS, catalogOfBoth, followerOf, liveInTheCafe, scrapedFrom, shopOf } from './planted.ts';
import { startPast, type Past } from './past.ts';
import { isMissing } from './prometheus.ts';

/** Samples that one query may read of these seven SLOs: more is a dashboard that people wait for. */
const MOST_SAMPLES = 100_000;
const MOST_SERIES = 50;

const catalog = catalogOfBoth();
const dashboards = dashboardsOf(catalog);
const groups = [...ruleGroupsOf(catalog, 'shop'), ...ruleGroupsOf(catalog, 'cafe')];

const home = { system: 'shop', environment: 'production' };
const slo = (service: string, name: string): Picked => ({ ...home, service, slo: name });

describe.skipIf(isMissing)('dashboards on a real Prometheus with a planted month', () => {
  let past: Past;
  let to: number;
  let outage: { from: number; to: number };
  const opened = new Map<string, Opened>();
  const see = (uid: string, picked: Picked = {}): Promise<Opened> =>
    open(past.url, dashboards.get(`dashboards/${uid}.json`)!, to, picked);
  const detail = (service: string, name: string): Promise<Opened> => see('nines-slo-detail', slo(service, name));

  beforeAll(async () => {
    const lived = await liveInTheCafe();
    to = lived.to;
    const shop = shopOf(catalog, to);
    outage = shop.outage;
    past = await startPast({
      raw: [...shop.raw, ...scrapedFrom('nines-0', lived.scraped), ...followerOf(lived)],
      groups,
      from: shop.from,
      to,
      fastFrom: to - 13 * HOUR,
    });
    for (const [path, dashboard] of dashboards)
      opened.set(
        path,
        await open(past.url, dashboard, to, path.includes('detail') ? slo('checkout', 'availability') : {}),
      );
  }, 300_000);
  afterAll(() => past?.stop());

  const all = (): [path: string, answer: Answer][] =>
    [...opened].flatMap(([path, { answers }]) => answers.map((answer): [string, Answer] => [path, answer]));
  /** `title: legend` of the answers that are as `is` says. */
  const those = (is: (answer: Answer) => boolean): string[] =>
    all().flatMap(([path, answer]) => (is(answer) ? `${path} ${answer.title}: ${answer.legend}` : []));

  const answerOf = ({ answers }: Opened, title: string, legend = title): Answer =>
    answers.find((one) => one.title === title && one.legend === legend)!;
  /** The newest number of the one line with these labels. */
  const valueOf = (answer: Answer, labels: Picked = {}): number => {
    const lines = answer.lines.filter((line) =>
      Object.entries(labels).every(([name, value]) => line.labels[name] === value),
    );
    expect(lines, `${answer.title}: ${answer.legend}`).toHaveLength(1);
    return lines[0]!.points.at(-1)![1];
  };
  const expectNear = (value: number, expected: number, share = 0.01): void =>
    expect(Math.abs(value - expected), `${value} is not ${expected}`).toBeLessThanOrEqual(share * Math.abs(expected));

  it('answer every query, with numbers, without a warning, at a cost that a reader can wait for', () => {
    expect(all().length).toBeGreaterThan(200);
    expect(those(({ warnings }) => warnings.length > 0)).toEqual([]);
    expect(
      those(({ lines }) => lines.some(({ points }) => points.some(([, value]) => !Number.isFinite(value)))),
    ).toEqual([]);
    expect(those(({ lines }) => lines.length > MOST_SERIES)).toEqual([]);
    expect(those(({ samples }) => samples > MOST_SAMPLES)).toEqual([]);
  });

  it('have something to show everywhere but where nothing was planted', () => {
    const empty = those(({ lines }) => lines.every(({ points }) => points.length === 0));
    expect(empty.filter((one) => !/: Lost|Lost: /.test(one))).toEqual([
      // Nobody acknowledged, and nothing was sent twice.
      'dashboards/nines-incidents.json Time to acknowledge: Time to acknowledge',
      'dashboards/nines-incidents.json By service: To acknowledge',
      'dashboards/nines-incidents.json How long it took: acknowledged, half',
      'dashboards/nines-incidents.json How long it took: acknowledged, 90 %',
      'dashboards/nines-incidents.json Possible duplicates: {{channel}}',
      // No https, and no deploy.
      'dashboards/nines-system-cafe.json Certificates last: Certificates last',
      'dashboards/nines-system-cafe.json Happenings: ',
    ]);
  });

  it('show one number where there is room for one, also of two replicas', () => {
    expect(those(({ type, lines }) => type === 'stat' && lines.length > 1)).toEqual([]);
    const self = opened.get('dashboards/nines-self.json')!;
    expect(valueOf(answerOf(self, 'Leaders'))).toBe(1);
    expect(valueOf(answerOf(self, 'Replicas'))).toBe(2);
  });

  it('give every row of a table the labels that it is joined by, and no others', () => {
    const uneven = all().flatMap(([, { type, title, lines, panel }]) => {
      if (type !== 'table') return [];
      const shown = new Set(lines.map(({ labels }) => Object.keys(labels).toSorted().join()));
      return shown.size > 1 ? [`${title} ${panel?.id}: ${[...shown].join(' and ')}`] : [];
    });
    expect(uneven).toEqual([]);
  });

  it('offer in their lists what there is, and less after each choice', async () => {
    expect(opened.get('dashboards/nines-overview.json')!.offered).toEqual({
      system: ['cafe', 'shop'],
      environment: ['production'],
    });
    const { offered } = opened.get('dashboards/nines-slo-detail.json')!;
    expect(offered['service']).toEqual(['api', 'checkout']);
    expect(offered['slo']).toEqual(['availability', 'lost', 'month', 'speed']);
    expect(
      (await see('nines-probes', { system: ['cafe', 'shop'], service: ['bar', 'storage'] })).offered['probe'],
    ).toEqual(['cache', 'health', 'orders']);
  });

  it('count every SLO once: ok, at risk, missed, or without data', async () => {
    const counts = async (picked: Picked): Promise<number[]> => {
      const overview = await see('nines-overview', picked);
      return ['ok', 'at risk', 'missed', 'without data'].map((name) => valueOf(answerOf(overview, `SLOs ${name}`)));
    };
    expect(await counts({ system: 'shop' })).toEqual([2, 1, 1, 1]);
    expect(await counts({ system: ['shop', 'cafe'] })).toEqual([4, 1, 1, 1]);
    expect(await counts({})).toEqual([4, 1, 1, 1]);
    expect(catalog.slos.size).toBe(7);
  });

  // 20 min in which every check failed: 120 of the 259,200 of 30 days, where 259.2 are allowed. It ended 50 min ago.
  it('tell the planted outage to the event', async () => {
    const one = await detail('checkout', 'availability');
    const left = 1 - 120 / 259.2;
    expectNear(valueOf(answerOf(one, 'Budget left')), left, 0.002);
    expectNear(1 - valueOf(answerOf(one, 'SLI over the window')), 120 / 259_200, 0.002);
    expectNear(valueOf(answerOf(one, 'Burn rate', '1 h')), 60 / 0.36);
    expectNear(valueOf(answerOf(one, 'Burn rate', '6 h')), 120 / 2.16);
    expectNear(valueOf(answerOf(one, 'Budget lasts')), (left * 30 * DAY) / SECOND / (120 / 2.16));
    expectNear(valueOf(answerOf(one, 'Bad events left')), 139.2, 0.005);
    expectNear(valueOf(answerOf(one, 'Data coverage')), 1, 0.001);
    expectNear(valueOf(answerOf(one, 'Events now')), 0.1, 0.001);
    expect(shownAs(answerOf(one, 'Budget left'), left)).toEqual({ text: '53.7%', color: 'green' });
  });

  it('tell a promise of a week, of a calendar month and of what Prometheus counts itself', async () => {
    // One check of 50 is slow, where one of 20 may be, in the 32 hours since Monday.
    const speed = await detail('checkout', 'speed');
    expectNear(valueOf(answerOf(speed, 'Budget left')), 1 - (0.02 / 0.05) * (32 / 168), 0.002);
    expectNear(valueOf(answerOf(speed, 'Data coverage')), 1, 0.01);
    // Ten hours in the 392 of November; what October lost is forgotten.
    const month = await detail('checkout', 'month');
    const overspent = 1 - (10 / 392 / 0.005) * (392 / 720);
    expectNear(valueOf(answerOf(month, 'Budget left')), overspent, 0.002);
    expectNear(valueOf(answerOf(month, 'Bad events left')), overspent * 1_296, 0.002);
    expect(shownAs(answerOf(month, 'Budget lasts'), valueOf(answerOf(month, 'Budget lasts')))).toEqual({
      text: 'spent',
      color: 'red',
    });
    // 9 of 1,000 fail, where 10 may.
    const errors = await detail('api', 'errors');
    expectNear(valueOf(answerOf(errors, 'Budget left')), 0.1);
    expectNear(valueOf(answerOf(errors, 'Burn rate', '1 h')), 0.9, 0.001);
    expectNear(valueOf(answerOf(errors, 'Budget lasts')), (0.1 * 7 * DAY) / SECOND / 0.9);
    expectNear(valueOf(answerOf(errors, 'Bad events left')), 6_048);
  });

  it('put the same into the table of all SLOs, and tell who spent the budget today', () => {
    const overview = opened.get('dashboards/nines-overview.json')!;
    const cell = (column: string, service: string, name: string): number =>
      valueOf(answerOf(overview, 'SLOs', column), { service, slo: name });
    expectNear(cell('Budget left', 'checkout', 'availability'), 0.537, 0.002);
    expectNear(cell('Burn 1 h', 'checkout', 'availability'), 166.7);
    expectNear(cell('Bad in 24 h', 'checkout', 'availability'), 120);
    expectNear(cell('Bad in 24 h', 'checkout', 'speed'), 172.8, 0.02);
    expectNear(cell('Bad in 24 h', 'api', 'errors'), 0.09 * 86_400);
    const spent = answerOf(overview, 'Who spent the budget today', '{{service}} / {{slo}}');
    expectNear(valueOf(spent, { slo: 'availability', service: 'checkout' }), 120 / 259.2);
    expectNear(valueOf(spent, { slo: 'errors' }), 0.9 / 7);
    expect(valueOf(spent, { slo: 'month' })).toBe(0);
  });

  it('say which tiers fire, and mark on charts when', () => {
    const one = opened.get('dashboards/nines-slo-detail.json')!;
    const [now, changes] = ['Now', 'Changes'].map((column) => answerOf(one, 'Burn-rate alerts', column));
    expect(shownAs(now!, valueOf(now!, { tier: 'page-fast' }))).toEqual({ text: 'quiet', color: 'green' });
    expect(shownAs(now!, valueOf(now!, { tier: 'ticket-fast' }))).toEqual({ text: 'firing', color: 'red' });
    expect(valueOf(changes!, { tier: 'page-fast' })).toBe(2);
    const marks = answerOf(one, 'Alerts firing', '').lines;
    const paged = marks.find(({ labels }) => labels['tier'] === 'page-fast')!.points.map(([at]) => at);
    expect(paged.at(0)).toBeGreaterThan(outage.from);
    expect(paged.at(0)).toBeLessThan(outage.from + 10 * MINUTE);
    // Its short look-back, and the time for which a sample is taken to go on.
    expect(paged.at(-1)).toBeLessThanOrEqual(outage.to + 10 * MINUTE);
  });

  it('mark a deploy once, on every dashboard that knows its service', () => {
    for (const [path, { answers }] of opened) {
      const marks = answers.find(({ title }) => title === 'Happenings');
      if (!marks || path.includes('cafe')) continue;
      const points = marks.lines.flatMap((line) => line.points);
      expect({ path, points: points.length }).toEqual({ path, points: 1 });
      expect(Math.abs(points[0]![0] - outage.from)).toBeLessThanOrEqual(5 * MINUTE);
    }
  });

  it('lose no outage between the points of a chart', async () => {
    const one = opened.get('dashboards/nines-slo-detail.json')!;
    const bar = await see('nines-slo-detail', { system: 'cafe', service: 'bar' });
    const seen = ({ lines }: Answer): number[] => lines.flatMap(({ points }) => points.map(([, value]) => value));
    // A week in a hundred squares: each stands for two hours.
    expect(seen(answerOf(one, 'Checks', '{{probe}}'))).toContain(0);
    expect(Math.max(...seen(answerOf(one, 'Escalation', '{{service}}')))).toBe(2);
    expect(Math.max(...seen(answerOf(bar, 'Escalation', '{{service}}')))).toBe(3);
  });

  it('tell what an incident cost people', () => {
    const incidents = opened.get('dashboards/nines-incidents.json')!;
    const fact = (title: string): number => valueOf(answerOf(incidents, title));
    expect([fact('Open, critical'), fact('Opened'), fact('Over by itself')]).toEqual([0, 1, 1]);
    expectNear(fact('Time to recover'), (15 * MINUTE) / SECOND, 0.02);
    expect(valueOf(answerOf(incidents, 'By service', 'Pages'), { service: 'bar' })).toBe(2);
    expect(valueOf(answerOf(incidents, 'By service', 'Reached L3 or L4'), { service: 'bar' })).toBe(1);
  });

  it('say of what is two hours old that hardly anything of its window is known', async () => {
    const overview = opened.get('dashboards/nines-overview.json')!;
    for (const service of ['bar', 'kitchen']) {
      const one = await see('nines-slo-detail', { system: 'cafe', service });
      const known = CAFE_LASTS / (30 * DAY);
      for (const answer of [answerOf(one, 'Data coverage'), answerOf(overview, 'SLOs', 'Data')]) {
        const value = valueOf(answer, { service });
        expectNear(value, known, 0.05);
        expect(shownAs(answer, value)).toEqual({ text: '0.3%', color: 'red' });
      }
    }
    // 90 bad checks of the 259.2 that a month allows; the day before them is not taken to have been as bad.
    const bar = await see('nines-slo-detail', { system: 'cafe', service: 'bar' });
    expectNear(valueOf(answerOf(bar, 'Budget left')), 1 - 90 / 259.2, 0.03);
    const spent = answerOf(overview, 'Who spent the budget today', '{{service}} / {{slo}}');
    expectNear(valueOf(spent, { service: 'bar' }), 90 / 259.2, 0.05);
  });

  it('are where the links of alerts lead, with an SLO that they offer', async () => {
    const links = groups
      .flatMap(({ rules }) => rules.filter(isAlert))
      .flatMap(({ annotations }) => annotations['dashboard_url'] ?? []);
    expect(links.length).toBeGreaterThan(20);
    for (const link of new Set(links)) {
      const { pathname, searchParams } = new URL(link);
      const uid = pathname.replace('/d/', '');
      const picked = Object.fromEntries(SLO_LABEL_NAMES.map((name) => [name, searchParams.get(`var-${name}`) ?? '']));
      expect([...dashboards.keys()]).toContain(`dashboards/${uid}.json`);
      // A condition leads to its system, which is the dashboard itself.
      if (searchParams.size === 0) continue;
      const { offered } = await see(uid, picked);
      for (const name of SLO_LABEL_NAMES) expect(offered[name]).toContain(picked[name]);
    }
  });
});
