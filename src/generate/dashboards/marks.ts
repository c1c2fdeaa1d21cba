import { ALERT_NAMES } from '../../alert/labels.ts';
import { METRICS } from '../../names.ts';
import type { Marks } from './frame.ts';
import { picked, select, type Scope } from './selector.ts';

/** Deploys and other happenings: each is marked once, in the step in which it took place. */
export const happenings = (scope: Scope): Marks => ({
  name: 'Happenings',
  expr: `${select(METRICS.happening, scope)} > time() - $__interval_ms / 1000`,
  text: '{{kind}} {{service}}',
  color: 'blue',
  shown: true,
});

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
