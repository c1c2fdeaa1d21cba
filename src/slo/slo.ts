import type { Tier } from './burn-policy.ts';
import type { Indicator } from './indicator.ts';
import type { Ppm } from './objective.ts';
import type { Window } from './window.ts';

/** Indicator + objective + window, resolved: what the engine judges. */
export type Slo = {
  /** `duru-notes/api/availability` */
  id: string;
  system: string;
  service: string;
  environment: string;
  name: string;
  objective: Ppm;
  window: Window;
  /** IANA name; calendar windows begin and end in it. */
  zone: string;
  indicator: Indicator;
  tiers: readonly Tier[];
  /** A tier needs this many bad events in its long look-back before it fires. */
  minBad: number;
  /** Look-backs end at now − this many ms, because the source revises what is younger. */
  settleLagMs: number;
  /** Without data for this long, the absence alert fires (`ticket` → warning, `page` → critical). */
  noData: { afterMs: number; severity: 'warning' | 'critical' };
  /** Why nothing can be measured (an unset reference, a provider that does not exist yet); null when it runs. */
  notConfigured: string | null;
  /** Whether this version can measure it at all, whatever the references of this machine are set to. */
  served: boolean;
  covers: readonly string[];
  description: string | null;
  runbook: string | null;
};
