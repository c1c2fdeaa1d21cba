import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { MINUTE } from '../duration.ts';
import type { CheckResult } from '../probe/probe.ts';
import { maintenanceAt } from '../slo/maintenance.ts';

/** Planned work on a service at an instant; null without any. */
export type Planned = ReturnType<typeof maintenanceAt>;

export type Excuse = {
  /** The result as it counts: what planned work explains says nothing about the target. */
  (probe: CatalogProbe, result: CheckResult): CheckResult;
  planned(system: string, service: string, at: number): Planned;
};

/** Windows begin on whole minutes, so that a service is looked up once a minute and not once per check. */
export const createExcuse = (catalog: () => Catalog): Excuse => {
  let of: Catalog | null = null;
  let minute = 0;
  let known = new Map<string, Planned>();

  const planned = (system: string, service: string, at: number): Planned => {
    const windows = catalog().systems.get(system)?.maintenance ?? [];
    if (windows.length === 0) return null;
    const now = Math.floor(at / MINUTE);
    if (of !== catalog() || minute !== now) {
      of = catalog();
      minute = now;
      known = new Map();
    }
    const whole = `${system}/${service}`;
    let found = known.get(whole);
    if (found === undefined) known.set(whole, (found = maintenanceAt(windows, whole, at)));
    return found && at < found.until ? found : null;
  };

  const excuse = (probe: CatalogProbe, result: CheckResult): CheckResult => {
    const work = planned(probe.system, probe.service, result.at);
    if (!work) return result;
    const saw = result.outcome === 'pass' ? 'passed' : result.detail || result.reason;
    return {
      ...result,
      outcome: 'unknown',
      reason: 'maintenance',
      degraded: false,
      detail: `${work.because} (maintenance ${work.id}); the check: ${saw}`,
    };
  };
  return Object.assign(excuse, { planned });
};
