import { expect, it } from 'vitest';
import { createIncidentSeries } from '../../src/metrics/incident-series.ts';
import { createSeries, type Series } from '../../src/metrics/series.ts';

const linesOf = async (series: Series): Promise<string[]> => {
  let text = '';
  for await (const chunk of series.write()) text += chunk;
  return text.split('\n').filter((line) => line && !line.startsWith('#'));
};

const API = { system: 'duru-notes', environment: 'production', service: 'api' };
const LABELS = 'system="duru-notes",environment="production"';

it('shows the level of every service, and the newest happening of each kind', async () => {
  const series = createSeries();
  const of = createIncidentSeries(series);
  const deploy = { system: 'duru-notes', service: 'api', kind: 'deploy' };
  const happenings = [
    { ...deploy, at: 9_000 },
    { ...deploy, at: 5_000 },
    { ...deploy, service: null, at: 7_000 },
  ];
  await of.update([{ ...API, level: 3 }], happenings, 'production');
  expect(await linesOf(series)).toEqual([
    `nines_incident_level{${LABELS},service="api"} 3`,
    `nines_happening_timestamp_seconds{${LABELS},service="api",kind="deploy"} 9`,
    `nines_happening_timestamp_seconds{${LABELS},kind="deploy"} 7`,
  ]);
  await of.update([{ ...API, level: 0 }], [], 'production');
  expect(await linesOf(series)).toEqual([`nines_incident_level{${LABELS},service="api"} 0`]);
});

it('shows nothing where another replica leads', async () => {
  const series = createSeries();
  const of = createIncidentSeries(series);
  await of.update([{ ...API, level: 3 }], [], 'production');
  await of.update([], [], '');
  expect(await linesOf(series)).toEqual([]);
});
