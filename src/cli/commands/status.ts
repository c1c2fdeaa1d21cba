import { formatDuration, SECOND } from '../../duration.ts';
import { configOf } from '../config.ts';
import { print, printJson, table } from '../print.ts';
import { serverOf, type Server } from '../server.ts';
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

type Retention = {
  ranAt: string | null;
  systems: {
    system: string;
    keptSeconds: number;
    tables: { table: string; deleted: number; oldest: string | null }[];
  }[];
};

/** What was deleted at the last run, and the oldest that is left, per system and table. */
const retention = async (server: Server, json: boolean): Promise<number> => {
  const report = await server.get<Retention>('/api/v1/retention', 'systems');
  if (json) printJson(report);
  else if (report.ranAt === null) print('Nothing was deleted yet: retention runs once a day.');
  else {
    print(`Retention ran at ${report.ranAt}.\n`);
    print(
      table(
        ['SYSTEM', 'KEPT', 'TABLE', 'DELETED', 'OLDEST LEFT'],
        report.systems.flatMap(({ system, keptSeconds, tables }) =>
          tables.map((row) => [
            system === '*' ? '(all others)' : system,
            formatDuration(keptSeconds * SECOND),
            row.table,
            String(row.deleted),
            row.oldest ?? '–',
          ]),
        ),
      ),
    );
  }
  return 0;
};

const allProbes = async (server: Server): Promise<Probe[]> => {
  const all: Probe[] = [];
  for (let after: string | null = null; ;) {
    const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const page: { probes: Probe[]; next: string | null } = await server.get(
      `/api/v1/probes?limit=1000${query}`,
      'probes',
    );
    all.push(...page.probes);
    if (page.next === null) return all;
    after = page.next;
  }
};

/** SLOs and probes as they stand; exit code 0 whatever they say. */
export const run: Run = async (invocation) => {
  const server = serverOf(configOf(invocation));
  const json = invocation.values['json'] === true;
  if (invocation.values['retention']) return retention(server, json);
  const { slos } = await server.get<{ slos: Slo[] }>('/api/v1/slos', 'slos');
  const probes = await allProbes(server);
  if (json) {
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
