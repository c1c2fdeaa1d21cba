import type { Problem } from './catalog.ts';
import { lintSystem } from './lint.ts';
import { lintPolicies } from './lint-policies.ts';
import type { Path } from './locate.ts';
import { NO_ADDRESS } from './connector.ts';
import { isHttpUrl } from './meaning.ts';
import { lintRunbookPages } from './runbook.ts';
import { isReference, referencesIn, revealUrl, unsetIn, unsetText } from './resolve.ts';
import type { Lookup } from './resolve.ts';
import { lintName } from './tell.ts';
import type { Tell } from './tell.ts';
import type { Shaped } from './shape.ts';

export type Found = { errors: Problem[]; warnings: Problem[] };

/** Everything that is checked beyond the shape of single files: inside each file, then between them. */
export const link = (
  shaped: readonly Shaped[],
  context: {
    isWhole: boolean;
    lookup: Lookup;
    requirements: ReadonlySet<string> | null;
    runbooks: ReadonlySet<string> | null;
  },
): Found => {
  const found: Found = { errors: [], warnings: [] };
  const lost = new Set(shaped.flatMap((one) => [...one.ids]));
  const first = new Map<string, string>();
  const names = definedNames(shaped);
  const links = shaped.map(({ document }) => document).find((document) => document.kind === 'Links');
  for (const one of shaped) {
    const tell = teller(one, lost, found);
    const { document } = one;
    const claim = (kind: string, id: string, path: Path): void => {
      const place = one.draft.locate(one.origin(path));
      const before = first.get(`${kind} ${id}`);
      if (before === undefined) first.set(`${kind} ${id}`, `${one.draft.file}:${place.line}`);
      else if (!before.startsWith(`${one.draft.file}:`) || kind === 'system')
        tell.error(path, `id ${id} is already a ${kind} of ${before}`);
    };
    // A file that could not be read may define what others name.
    const name: typeof lintName = (...given) => context.isWhole && lintName(...given);
    if (document.kind === 'System') {
      claim('system', document.id, ['id']);
      lintSystem(document, tell);
      if (context.runbooks) lintRunbookPages(document, links, context.runbooks, tell);
      document.services.forEach((service, index) =>
        name(tell, ['services', index, 'policy'], 'policy', service.policy, names.policies),
      );
    } else if (document.kind === 'Links') {
      claim('document of kind', 'Links', ['kind']);
    } else {
      document.channels.forEach(({ id }, index) => claim('channel', id, ['channels', index, 'id']));
      document.policies.forEach((policy, index) => {
        const at: Path = ['policies', index];
        claim('policy', policy.id, [...at, 'id']);
        for (const ladder of ['critical', 'warning'] as const) {
          policy[ladder].levels.forEach((step, level) =>
            step.channels.forEach((id, channel) =>
              name(tell, [...at, ladder, 'levels', level, 'channels', channel], 'channel', id, names.channels),
            ),
          );
        }
        if (policy.fallback !== undefined) name(tell, [...at, 'fallback'], 'channel', policy.fallback, names.channels);
      });
      lintPolicies(document, tell);
    }
    walk(document, [], (path, text) => {
      lintReferences(path, text, isHttpAddress(document, path), context.lookup, tell);
      if (path.at(-2) === 'covers' && context.requirements && !context.requirements.has(text))
        tell.error(path, `covers names ${text}, which is no row of requirements.yaml`);
    });
  }
  return found;
};

const definedNames = (shaped: readonly Shaped[]): { policies: ReadonlySet<string>; channels: ReadonlySet<string> } => {
  const policies = new Set<string>();
  const channels = new Set<string>();
  for (const { document } of shaped) {
    if (document.kind !== 'Policies') continue;
    for (const { id } of document.policies) policies.add(id);
    for (const { id } of document.channels) channels.add(id);
  }
  return { policies, channels };
};

const teller = ({ draft, origin }: Shaped, lost: ReadonlySet<string>, found: Found): Tell => {
  const at = (path: Path, aim: Parameters<Tell['error']>[2]): Omit<Problem, 'message'> => ({
    file: draft.file,
    ...draft.locate(origin(path), aim),
  });
  return {
    error: (path, message, aim) => found.errors.push({ ...at(path, aim), message }),
    warn: (path, message, aim) => found.warnings.push({ ...at(path, aim), message }),
    isLost: (id) => lost.has(id),
    isWritten: (path) => draft.holds(origin(path)),
  };
};

/** Visits every text of a document. */
const walk = (value: unknown, path: Path, visit: (path: Path, text: string) => void): void => {
  if (typeof value === 'string') visit(path, value);
  else if (Array.isArray(value)) value.forEach((inner, index) => walk(inner, [...path, index], visit));
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], visit);
};

/** Fields of a probe whose texts reach its target; of some only what lies below a name. */
const OPEN_IN_PROBE: Record<string, string | null> = {
  url: null,
  headers: null,
  body: null,
  graphql: 'variables',
  auth: null,
  proxy: null,
  ca: null,
  clientCertificate: null,
  address: null,
  host: null,
  server: null,
  steps: 'send',
};

const OPEN_IN_CONNECTOR = new Set(['url', 'token', 'tenant', 'headers']);
const OPEN_IN_CHANNEL = new Set(['channel', 'mention', 'token', 'routingKey']);

/** Whether references are filled in there. By place, not by name: a header may be called `probes`. */
const isOpen = (path: Path): boolean => {
  const [top, , list] = path;
  if (top === 'connectors') return OPEN_IN_CONNECTOR.has(String(list));
  if (top === 'channels') return OPEN_IN_CHANNEL.has(String(list));
  if (top !== 'services' || list !== 'probes') return false;
  const field = String(path[4]);
  if (!Object.hasOwn(OPEN_IN_PROBE, field)) return false;
  const below = OPEN_IN_PROBE[field];
  // Steps are a list: their fields lie one deeper.
  return below === null || path[field === 'steps' ? 6 : 5] === below;
};

const lintReferences = (path: Path, text: string, isHttpAddress: boolean, lookup: Lookup, tell: Tell): void => {
  for (const reference of referencesIn(text)) {
    const aim = { text: `\${${reference}}` };
    if (reference.startsWith('each:')) {
      tell.error(path, `\${${reference}} needs a for: in its entry of probes or slos`, aim);
      continue;
    }
    if (!isOpen(path)) {
      if (isReference(reference))
        tell.error(
          path,
          `\${${reference}} cannot stand here: references fill the texts of a probe that reach its target, connectors and channels`,
          aim,
        );
    } else if (!isReference(reference)) {
      tell.error(path, `\${${reference}} is no reference; write \${env:NAME} or \${file:path}`, aim);
    } else if (!lookup(reference)) {
      tell.warn(path, unsetText(reference), aim);
    }
  }
  const isFilled = isHttpAddress && referencesIn(text).length > 0 && !unsetIn([text], lookup);
  if (isFilled && !isHttpUrl(revealUrl(text, lookup))) tell.warn(path, `url ${NO_ADDRESS}`);
};

/** The addresses that HTTP probes visit and connectors ask. */
const isHttpAddress = (document: Shaped['document'], path: Path): boolean => {
  if (document.kind !== 'System') return false;
  if (path[0] === 'connectors') return path[2] === 'url';
  if (path.length !== 5 || path[4] !== 'url') return false;
  return document.services[Number(path[1])]?.probes[Number(path[3])]?.kind === 'http';
};
