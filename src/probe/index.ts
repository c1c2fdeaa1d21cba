import { createHttpProbe } from './http/index.ts';
import type { Probe, Target } from './probe.ts';

type Check = Target['check'];

/** Every kind of active probe. A new kind is its folder, its spec and its line here. */
export const probes = { http: createHttpProbe() } satisfies {
  [Kind in Check['kind']]: Probe<Extract<Check, { kind: Kind }>>;
};

/** Runs the probe of the target's kind. */
export const runProbe: Probe<Check> = (check, context) => probes[check.kind](check, context);
