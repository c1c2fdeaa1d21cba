import type { Catalog } from '../../definition/catalog.ts';
import { NinesError } from '../../errors.ts';
import { explainSlo, ERROR_RATIOS, type ExplainedStep, type Explanation } from '../../generate/explain.ts';
import { DEFAULT_OPTIONS } from '../../generate/file.ts';
import { generate } from '../../generate/generate.ts';
import { systemClock } from '../../clock.ts';
import { percentText } from '../../slo/objective.ts';
import { countPhrase, durationPhrase, sharePhrase } from '../../slo/phrase.ts';
import type { Slo } from '../../slo/slo.ts';
import { catalogOf } from '../catalog.ts';
import { print, printJson, table } from '../print.ts';
import type { Run } from '../table.ts';

const long = (ms: number | null): string => (ms === null ? 'never' : durationPhrase(Math.max(1_000, Math.round(ms))));
const ratio = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

/** By its whole id, or by what of its end is unique: `api/availability`, `availability`. */
const find = (catalog: Catalog, name: string): Slo => {
  const exact = catalog.slos.get(name);
  const fits = exact ? [exact] : [...catalog.slos.values()].filter(({ id }) => id.endsWith(`/${name}`));
  const [slo] = fits;
  if (slo && fits.length === 1) return slo;
  const ids = (fits.length > 0 ? fits : [...catalog.slos.values()]).map(({ id }) => id);
  throw new NinesError(
    'not_found',
    `${fits.length > 1 ? `${name} is the name of several SLOs` : `There is no SLO ${name}`}; write one of ${ids.slice(0, 20).join(', ')}.`,
  );
};

const stepText = ({ level, afterMs, channels }: ExplainedStep): string =>
  level === 1
    ? 'L1 the system recovers on its own, at once'
    : `L${level} ${channels.join(', ')} ${afterMs === 0 ? 'at once' : `after ${durationPhrase(afterMs)}`}`;

const tiersText = ({ tiers, minBad }: Explanation): string =>
  table(
    ['TIER', 'FIRES ABOVE', 'ON', 'BUDGET GONE', ...ERROR_RATIOS.map((share) => `AT ${ratio(share)}`), 'CALLS'],
    tiers.map(({ name, severity, factor, threshold, longMs, shortMs, budgetShare, detection }) => [
      name,
      `${factor}× = ${ratio(threshold)}, ${minBad} bad`,
      `${durationPhrase(longMs)} and ${durationPhrase(shortMs)}`,
      sharePhrase(budgetShare),
      ...detection.map(({ detectMs }) => long(detectMs)),
      severity,
    ]),
  );

const text = (explained: Explanation): string => {
  const { budget, delays } = explained;
  const events = budget.events
    ? `, or ${countPhrase(budget.events.bad)} bad of ${countPhrase(budget.events.total)}`
    : '';
  const inLines = [
    `${explained.id}  ${explained.name}`,
    `${percentText(explained.objective)} % per ${explained.window} (${explained.zone}); counts ${explained.counts}`,
    ...(explained.notConfigured === null ? [] : [`Not configured here: ${explained.notConfigured}`]),
    '',
    `Budget: ${durationPhrase(Math.round(budget.outageMs / 1_000) * 1_000)} of total outage in ${budget.windowDays} days${events}`,
    '',
    ...(explained.tiers.length > 0 ? [tiersText(explained), ''] : ['No tiers: nothing fires by its burn rate.', '']),
    `On top of these times: up to ${durationPhrase(delays.settleMs + delays.intervalMs + 1_000)} in Nines, ${durationPhrase(delays.settleMs + delays.rulesFastMs)} in Prometheus (${durationPhrase(delays.settleMs + delays.rulesSlowMs)} for look-backs of a day and more).`,
    '',
    ...explained.called.map(
      ({ severity, steps, repeatMs }) =>
        `${severity}: ${steps.map(stepText).join(' · ')} · then every ${durationPhrase(repeatMs)}`,
    ),
    ...(explained.called.some(({ severity }) => severity === 'critical')
      ? ['A critical page that reaches nobody climbs a level before its time.']
      : []),
    '',
    `Files: ${explained.files.length > 0 ? explained.files.join(', ') : 'none'}`,
  ];
  return inLines.join('\n');
};

/** What follows from an SLO before anything has happened: tiers, budget, detection times, who is called when. */
export const run: Run = async (invocation) => {
  const [name] = invocation.positionals;
  const { catalog } = await catalogOf(invocation);
  if (name === undefined)
    throw new NinesError(
      'invalid_request',
      `Say which SLO: nines explain ${catalog.slos.keys().next().value ?? 'SYSTEM/SERVICE/SLO'}.`,
    );
  const slo = find(catalog, name);
  const files = (await generate(catalog, DEFAULT_OPTIONS)).filter(({ owner }) => slo.served && owner === slo.system);
  const explained = explainSlo(
    catalog,
    slo,
    files.map(({ path }) => path),
    systemClock.now(),
  );
  if (invocation.values['json']) printJson(explained);
  else print(text(explained));
  return 0;
};
