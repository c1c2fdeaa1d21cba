import { MINUTE } from '../duration.ts';
import type { ActiveProbeSpec } from './catalog.ts';
import type { Path } from './locate.ts';
import { oneOf } from './say.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

export type AssertionSpec = ActiveProbeSpec['assert'][number];
export type AssertionKey = keyof AssertionSpec;

/** What an entry's own kind of probe checks beside this. */
export type LintOne = (assertion: AssertionSpec, at: Path) => void;

// checks[0].state, $.database, data["a.b"], or $ for the whole answer: the paths that probes read.
const JSON_PATH = /^(?:\$|(?:\$\.?)?(?:[^.[\]"]+|\[\d+\]|\["[^"]*"\])(?:\.[^.[\]"]+|\[\d+\]|\["[^"]*"\])*)$/;

/** Entries of `assert` and `degraded`: each one thing, of those that this kind of probe knows. */
export const lintAssertions = (
  probe: Pick<ActiveProbeSpec, 'kind' | 'assert' | 'degraded'>,
  known: readonly AssertionKey[],
  at: Path,
  tell: Tell,
  lintOne: LintOne = () => undefined,
): void => {
  for (const list of ['assert', 'degraded'] as const) {
    probe[list].forEach((assertion, index) => {
      const path: Path = [...at, list, index];
      const keys = Object.keys(assertion) as AssertionKey[];
      if (keys.length !== 1) {
        const got = keys.length === 0 ? 'none' : keys.join(' and ');
        tell.error(path, `${list} needs exactly one of ${oneOf(known)} in each entry, got ${got}`);
      }
      for (const key of keys)
        if (!known.includes(key))
          tell.error([...path, key], `${key} is nothing that ${probe.kind} probes know; they know ${oneOf(known)}`, {
            key: true,
          });
      lintOneEntry(assertion, path, tell);
      lintOne(assertion, path);
    });
  }
};

const lintOneEntry = (assertion: AssertionSpec, at: Path, tell: Tell): void => {
  const { header, json, body, issuer, responseTime, certificate } = assertion;
  if (header) lintDemands(header, ['equals', 'matches', 'absent'], [...at, 'header'], tell);
  if (body) lintDemands(body, ['contains', 'matches'], [...at, 'body'], tell);
  if (issuer) lintDemands(issuer, ['contains', 'matches'], [...at, 'issuer'], tell);
  if (json && !JSON_PATH.test(json.path))
    tell.error(
      [...at, 'json', 'path'],
      `json.path must be a path such as $.checks[0].status, got ${JSON.stringify(json.path)}`,
    );
  lintLeast(tell, [...at, 'responseTime'], 'responseTime', responseTime, 1);
  lintLeast(tell, [...at, 'certificate'], 'certificate', certificate, MINUTE);
};

/** Exactly one of these, and `matches` must be a regular expression. */
const lintDemands = (given: { matches?: string | undefined }, names: readonly string[], at: Path, tell: Tell): void => {
  const demands = names.filter((name) => Object.hasOwn(given, name));
  if (demands.length !== 1) tell.error(at, `${String(at.at(-1))} needs exactly one of ${oneOf(names)}`, { key: true });
  lintPattern(given.matches, [...at, 'matches'], tell);
};

/** A text that must be a regular expression. */
export const lintPattern = (pattern: string | undefined, path: Path, tell: Tell): void => {
  if (pattern === undefined) return;
  try {
    RegExp(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '').toLowerCase() : 'it cannot be read';
    tell.error(path, `${String(path.at(-1))} must be a regular expression: ${reason}`);
  }
};
