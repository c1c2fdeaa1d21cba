import { configOf } from '../config.ts';
import { print, printJson, table } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Run } from '../table.ts';

type Slo = {
  id: string;
  objective: number;
  window: string;
  state: string;
  because: string | null;
  budget: { remaining: number | null };
  burnRates: Record<string, number | null>;
};
type Probe = { id: string; state: string; last: { reason: string; durationSeconds: number } | null };

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
const rate = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(1);

/** SLOs and probes as they stand; exit code 0 whatever they say. */
export const run: Run = async (invocation) => {
  const server = serverOf(configOf(invocation));
  const { slos } = await server.get<{ slos: Slo[] }>('/api/v1/slos', 'slos');
  const { probes } = await server.get<{ probes: Probe[] }>('/api/v1/probes', 'probes');
  if (invocation.values['json']) {
    printJson({ slos, probes });
    return 0;
  }
  print(
    table(
      ['SLO', 'OBJECTIVE', 'WINDOW', 'STATE', 'BUDGET LEFT', 'BURN 1H'],
      slos.map((slo) => [
        slo.id,
        `${slo.objective} %`,
        slo.window,
        slo.state,
        percent(slo.budget.remaining),
        rate(slo.burnRates['1h']),
      ]),
    ),
  );
  print('');
  print(
    table(
      ['PROBE', 'STATE', 'LAST'],
      probes.map(({ id, state, last }) => [
        id,
        state,
        last ? `${last.reason}, ${Math.round(last.durationSeconds * 1000)} ms` : '–',
      ]),
    ),
  );
  return 0;
};
