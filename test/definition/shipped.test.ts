import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { problemText } from '../../src/definition/catalog.ts';
import type { Catalog } from '../../src/definition/catalog.ts';
import { load } from '../../src/definition/load.ts';
import { loadRequirements } from '../../src/definition/requirements.ts';
import { jsonSchema, schemaText } from '../../src/definition/schema.ts';
import { readProofs } from '../../src/files/proofs.ts';
import { readDefinitions } from '../../src/files/read.ts';

const shipped = async (lookup: (reference: string) => string | undefined): Promise<Catalog> => {
  const { files, requirements } = await readDefinitions('./slo');
  const rows = requirements && loadRequirements(requirements).requirements;
  const loaded = load(files, { profile: 'production', lookup, requirements: new Set(rows?.map(({ id }) => id)) });
  if (!loaded.catalog) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.catalog;
};

test('the shipped catalog loads on a machine where nothing is set, with warnings alone', async () => {
  const catalog = await shipped(() => undefined);
  const unset = catalog.warnings.map(({ message }) => message);
  expect(unset.toSorted()).toEqual([
    'DURU_API_URL is not set',
    'DURU_NOTIFICATIONS_URL is not set',
    'NINES_SLACK_CHANNEL is not set',
    'PAGERDUTY_ROUTING_KEY is not set',
    'PAGERDUTY_ROUTING_KEY_L4 is not set',
    'SLACK_BOT_TOKEN is not set',
  ]);
  const live = [...catalog.slos.values()].filter(({ notConfigured }) => notConfigured === null).map(({ id }) => id);
  expect(live).toEqual(['duru-notes/api/recovery-time']);
  expect(catalog.channels.get('console')?.notConfigured).toBeNull();
});

test('with its addresses set, what this version serves is live and the rest says why not', async () => {
  const catalog = await shipped(() => 'https://duru.example.org');
  expect(catalog.warnings).toEqual([]);
  const state = Object.fromEntries([...catalog.slos.values()].map(({ id, notConfigured }) => [id, notConfigured]));
  expect(state).toEqual({
    'duru-notes/api/availability': null,
    'duru-notes/api/response-time': null,
    'duru-notes/api/error-rate': 'connector alb: this version does not read from cloudwatch',
    'duru-notes/api/recovery-time': null,
    'duru-notes/notifications/delivery':
      'connector notification-service: this version does not read from notification-service',
  });
  expect([...catalog.probes.values()].every(({ notConfigured }) => notConfigured === null)).toBe(true);
});

test('the objectives of Duru Notes are those of its table', async () => {
  const { slos } = await shipped(() => undefined);
  const table = [...slos.values()].map(({ id, objective, window }) => [id.split('/').at(-1), objective, window]);
  expect(table).toEqual([
    ['availability', 999_000, { kind: 'calendar', unit: 'month' }],
    ['response-time', 950_000, { kind: 'calendar', unit: 'week' }],
    ['error-rate', 999_000, { kind: 'calendar', unit: 'day' }],
    ['recovery-time', 900_000, { kind: 'calendar', unit: 'quarter' }],
    ['delivery', 995_000, { kind: 'calendar', unit: 'day' }],
  ]);
  expect(slos.get('duru-notes/api/response-time')?.indicator).toMatchObject({ kind: 'latency', thresholdMs: 500 });
});

test('what it covers is proved: a story turns it bad and sees Nines say so', async () => {
  const { covered } = await shipped(() => undefined);
  expect(covered.size).toBeGreaterThan(0);
  expect([...covered].filter((id) => !readProofs('test').has(id))).toEqual([]);
});

test('the standard policy climbs from Slack to the manager to the executive before a recovery objective is lost', async () => {
  const { policies } = await shipped(() => undefined);
  expect(policies.get('standard')?.critical).toMatchObject({
    recovery: { kind: 'observe', forMs: 60_000 },
    levels: [
      { level: 2, afterMs: 120_000, channels: ['slack-oncall', 'console'] },
      { level: 3, afterMs: 600_000, channels: ['engineering-manager'] },
      { level: 4, afterMs: 1_800_000, channels: ['executive'] },
    ],
    repeatMs: 1_800_000,
  });
  expect(policies.get('standard')?.warning.levels.map(({ level }) => level)).toEqual([2]);
});

test('slo/schema.json is what the schema prints, and every file of slo/ points at it', async () => {
  expect(await readFile('slo/schema.json', 'utf8')).toBe(schemaText());
  expect(jsonSchema()).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
  const { files, requirements } = await readDefinitions('slo');
  const all = [...files, ...(requirements ? [requirements] : [])];
  const firstLines = all.map(({ text }) => new TextDecoder().decode(text).split('\n')[0]);
  expect(firstLines).toEqual(all.map(() => '# yaml-language-server: $schema=./schema.json'));
});
