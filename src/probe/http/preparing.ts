import type { Assertion, HttpTarget } from '../targets.ts';
import { compileAssertions, type Plan } from './assertions.ts';
import { firstHop } from './redirects.ts';
import { createHiding, type Hiding } from './secrets.ts';
import type { Prepared } from './visit.ts';

/**
 * What is prepared for a target is several times as large as the target and made in microseconds: it is kept for so
 * many, so that a small fleet has all of it at hand and a large one needs no memory for it.
 */
const MOST = 1_000;
/** After so many that found no place the kept ones may be of targets that left. */
const PATIENCE = 20 * MOST;

type Shared = Pick<HttpTarget, 'degraded' | 'compression' | 'graphql'> & { plan: Plan };

/** Assertions that many targets have in common are compiled once, unless their sentences hide the secrets of one. */
const createPlanning = () => {
  const plans = new WeakMap<readonly Assertion[], Shared>();
  return (target: HttpTarget, hiding: Hiding): Plan => {
    if (hiding.isNeeded) return compileAssertions(target, hiding.hide);
    const { assertions, degraded, compression, graphql } = target;
    const known = plans.get(assertions);
    if (known?.degraded === degraded && known.compression === compression && known.graphql === graphql)
      return known.plan;
    const plan = compileAssertions(target, hiding.hide);
    plans.set(assertions, { degraded, compression, graphql, plan });
    return plan;
  };
};

/** Gives what all checks of a target share. */
export const createPreparing = (): ((target: HttpTarget) => Prepared) => {
  const planOf = createPlanning();
  const some = new Map<HttpTarget, Prepared>();
  let missed = 0;
  // Tokens that were learned must not be forgotten, or an answer may show them.
  const learning = new WeakMap<HttpTarget, Prepared>();

  const make = (target: HttpTarget): Prepared => {
    const hiding = createHiding(target);
    return { target, first: firstHop(target), plan: planOf(target, hiding), hiding };
  };

  return (target) => {
    const kept = target.auth?.kind === 'oauth2' ? learning : some;
    const known = kept.get(target);
    if (known) return known;
    const made = make(target);
    if (kept === some && some.size >= MOST) {
      if (++missed < PATIENCE) return made;
      some.clear();
      missed = 0;
    }
    kept.set(target, made);
    return made;
  };
};
