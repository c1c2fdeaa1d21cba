import { ALERT_NAMES } from '../../alert/labels.ts';
import { METRICS } from '../../names.ts';
import type { Marks } from './frame.ts';
import { picked, select, type Scope } from './selector.ts';

/** Time within which a happening is known to Prometheus, s: what it hears later than that is not marked. */
const HEARD = 300;

/**
 * Deploys and other happenings: each is marked once, at the first step at which it is known. A scrape later than it took
 * place, it may already be older than a step.
 */
export const happenings = (scope: Scope): Marks => {
  const newest = (offset: string): string =>
    `max by (system, environment, service, kind) (${select(METRICS.happening, scope)}${offset})`;
  return {
    name: 'Happenings',
    expr: `${newest('')} > time() - $__interval_ms / 1000 - ${HEARD} unless ${newest('')} == ${newest(' offset $__interval')}`,
    text: '{{kind}} {{service}}',
    color: 'blue',
    shown: true,
  };
};

/** Those of the picked services, and those of their whole system: these have no service. */
export const happeningsOfPicked = (many: readonly string[] = []): Marks =>
  happenings(`${picked(['system', 'environment'], many)},service=~"$service|"`);

/** While Prometheus itself sees one of our alerts fire. */
export const alertsFiring = (scope: Scope, shown = true): Marks => ({
  name: 'Alerts firing',
  expr: select('ALERTS', `alertname=~"${Object.values(ALERT_NAMES).join('|')}",alertstate="firing"`, scope),
  text: '{{alertname}} {{slo}}{{condition}} {{tier}}',
  color: 'red',
  shown,
});
