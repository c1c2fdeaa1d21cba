import type { ActiveProbeSpec } from './catalog.ts';
import { ms } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintLeast, lintName, lintTwice } from './tell.ts';
import type { Tell } from './tell.ts';

const MOST_LISTED = 10;

/** Checks of one place that can begin in a span: the regular ones, or those of one burst and the regular ones around it. */
const checksIn = ({ every, burst }: ActiveProbeSpec, perMs: number): number => {
  const regular = (spanMs: number): number => Math.ceil(spanMs / ms(every));
  if (!burst) return regular(perMs);
  const burstMs = Math.min(ms(burst.for), perMs);
  return Math.ceil(burstMs / ms(burst.every)) + regular(perMs - burstMs);
};

/** The most requests of a probe in a span: every check from every location needs all its tries. */
export const worstCase = (probe: ActiveProbeSpec, perMs: number): number =>
  checksIn(probe, perMs) * (1 + probe.retries.count) * (probe.locations?.length ?? 1);

type User = { name: string; service: string; probe: ActiveProbeSpec };

/** Budgets of requests: they exist, and even the worst span stays inside. A redirect's further hops do not count. */
export const lintRequestBudgets = (system: SystemDocument, tell: Tell): void => {
  const budgets = system.requestBudgets;
  const known = idsOf(budgets);
  lintTwice(tell, ['requestBudgets'], budgets);
  const users = new Map<string, User[]>(budgets.map(({ id }) => [id, []]));
  system.services.forEach((service, index) => {
    service.probes.forEach((probe, entry) => {
      if (probe.kind === 'heartbeat' || probe.requestBudget === undefined) return;
      const path = ['services', index, 'probes', entry, 'requestBudget'];
      if (!lintName(tell, path, 'requestBudget', probe.requestBudget, known)) return;
      if ('addresses' in probe && probe.addresses === 'all')
        tell.error(
          path,
          'requestBudget counts one request for each try, and addresses: all makes one for each address; leave one out',
        );
      users.get(probe.requestBudget)?.push({ name: probe.id, service: service.id, probe });
    });
  });
  budgets.forEach((budget, index) => {
    const perMs = ms(budget.per);
    lintLeast(tell, ['requestBudgets', index, 'per'], 'per', budget.per, 1_000);
    const own = users.get(budget.id) ?? [];
    // What is wrong with an interval is told at the interval.
    if (own.some(({ probe }) => ms(probe.every) === 0 || (probe.burst && ms(probe.burst.every) === 0))) return;
    const needs = own.map((user) => ({ ...user, requests: worstCase(user.probe, perMs) }));
    const sum = needs.reduce((total, { requests }) => total + requests, 0);
    if (sum <= budget.requests) return;
    const isOneService = new Set(needs.map(({ service }) => service)).size === 1;
    const listed = needs
      .slice(0, MOST_LISTED)
      .map(({ name, service, requests }) => `${isOneService ? name : `${service}/${name}`} ${requests}`)
      .join(' + ');
    tell.error(
      ['requestBudgets', index, 'requests'],
      `requestBudget ${budget.id} allows ${budget.requests} requests per ${budget.per}, its probes need ${sum}: ${listed}${needs.length > MOST_LISTED ? ' + others' : ''}`,
    );
  });
};
