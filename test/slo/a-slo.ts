import { MINUTE } from '../../src/duration.ts';
import { defaultTiers } from '../../src/slo/burn-policy.ts';
import type { Slo } from '../../src/slo/slo.ts';

/** A valid SLO of 99.9 % over 30 rolling days, and what a test wants otherwise. */
export const aSlo = (but: Partial<Slo> = {}): Slo => {
  const window = but.window ?? { kind: 'rolling', days: 30 };
  return {
    id: 'duru-notes/api/availability',
    system: 'duru-notes',
    service: 'api',
    environment: 'production',
    name: 'API availability',
    objective: 999_000,
    window,
    zone: 'UTC',
    indicator: { kind: 'probe', probes: ['duru-notes/api/health'] },
    tiers: defaultTiers(window),
    minBad: 3,
    settleLagMs: 0,
    noData: { afterMs: 15 * MINUTE, severity: 'warning' },
    notConfigured: null,
    served: true,
    covers: [],
    description: null,
    runbook: null,
    ...but,
  };
};
