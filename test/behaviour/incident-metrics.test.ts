import { afterEach, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { startOutage } from '../harness/outage.ts';

let story: Story;
afterEach(() => story.stop());

const ANN = { name: 'Ann', door: 'page' } as const;
const HOME = 'system="shop",environment="production",service="checkout"';

const value = async (series: string): Promise<number | undefined> => {
  const line = (await story.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

it('begins to count at 0, so that the first incident is seen as an increase', async () => {
  story = await start();
  expect(await value(`nines_incidents_opened_total{${HOME},severity="critical"}`)).toBe(0);
  expect(await value(`nines_incident_pages_total{${HOME},level="2"}`)).toBe(0);
  await story.advance('1m');
  story.target('shop/checkout/health', 'fails');
  await story.advance('70s');
  expect(await value(`nines_incident_acknowledge_seconds_count{${HOME}}`)).toBe(0);
});

it('shows how far an incident climbed, and counts it, its pages and how long people took', async () => {
  let id: string;
  ({ story, id } = await startOutage());
  expect(await value(`nines_incident_level{${HOME}}`)).toBe(0);
  expect(await value(`nines_incidents_opened_total{${HOME},severity="critical"}`)).toBe(1);
  await story.advance('3m');
  expect(await value(`nines_incident_level{${HOME}}`)).toBe(2);
  expect(await value(`nines_incident_pages_total{${HOME},level="2"}`)).toBe(1);

  const opened = (await story.app.nines.incident(id))?.incident.episodeAt ?? 0;
  const took = (story.clock.now() - opened) / 1_000;
  await story.app.nines.verbs.acknowledge(id, ANN);
  // Taken back and given again: the first time counts, once.
  await story.app.nines.verbs.unacknowledge(id, ANN);
  await story.advance('10s');
  await story.app.nines.verbs.acknowledge(id, ANN);
  expect(await value(`nines_incident_acknowledge_seconds_count{${HOME}}`)).toBe(1);
  expect(await value(`nines_incident_acknowledge_seconds_sum{${HOME}}`)).toBe(took);

  await story.app.nines.verbs.resolve(id, ANN);
  expect(await value(`nines_incident_level{${HOME}}`)).toBe(0);
  expect(await value(`nines_incidents_resolved_total{${HOME},by="person"}`)).toBe(1);
  expect(await value(`nines_incidents_resolved_total{${HOME},by="recovery"}`)).toBe(0);
});

it('measures a recovery by its bad stretch, without the time that only confirms it', async () => {
  ({ story } = await startOutage());
  await story.advance('4m');
  story.target('shop/checkout/health', 'passes');
  await story.advance('3h', '10s');
  expect(await value(`nines_incidents_resolved_total{${HOME},by="recovery"}`)).toBe(1);
  const sum = await value(`nines_incident_recover_seconds_sum{${HOME}}`);
  expect(await value(`nines_incident_recover_seconds_count{${HOME}}`)).toBe(1);
  expect(sum).toBeGreaterThanOrEqual(240);
  expect(sum).toBeLessThan(420);
});

it('shows when a deploy took place, for a day', async () => {
  story = await start();
  const { at } = await story.app.nines.verbs.happening({
    kind: 'deploy',
    system: 'shop',
    service: 'checkout',
    text: 'v7',
    url: null,
  });
  const series = `nines_happening_timestamp_seconds{${HOME},kind="deploy"}`;
  expect(await value(series)).toBe(at / 1_000);
  await story.advance('25h', '10m');
  expect(await value(series)).toBeUndefined();
});
