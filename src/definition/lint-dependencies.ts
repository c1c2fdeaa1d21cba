import type { Path } from './locate.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintName } from './tell.ts';
import type { Tell } from './tell.ts';

type Edge = { to: string; path: Path };

/** `service/probe` of every probe of a system, which is how others name it. */
const namesOf = (system: SystemDocument): ReadonlySet<string> =>
  new Set(system.services.flatMap((service) => service.probes.map((probe) => `${service.id}/${probe.id}`)));

/** What probes need of each other: names that exist, and no circle, in which none would ever be the cause. */
export const lintDependencies = (system: SystemDocument, tell: Tell): void => {
  const names = namesOf(system);
  const edges = new Map<string, Edge[]>();
  system.services.forEach((service, index) => {
    const own = idsOf(service.probes);
    service.probes.forEach((probe, entry) => {
      if (probe.kind === 'heartbeat') return;
      const from: Edge[] = [];
      probe.dependsOn.forEach((name, place) => {
        const path: Path = ['services', index, 'probes', entry, 'dependsOn', place];
        const isWhole = name.includes('/');
        const exists = (): boolean =>
          isWhole ? lintWhole(name, names, path, tell) : lintName(tell, path, 'probe', name, own);
        if (probe.dependsOn.indexOf(name) !== place) tell.error(path, `probe ${name} is named twice`);
        else if (exists()) from.push({ to: isWhole ? name : `${service.id}/${name}`, path });
      });
      edges.set(`${service.id}/${probe.id}`, from);
    });
  });
  lintCircles(edges, tell);
  lintConnectivity(system, names, tell);
};

/** A service or a probe that had mistakes of its own may well define the name. */
const lintWhole = (name: string, names: ReadonlySet<string>, path: Path, tell: Tell): boolean =>
  name.split('/').some((part) => tell.isLost(part)) ? names.has(name) : lintName(tell, path, 'probe', name, names);

/** Probes that are left when all whose needs are met are taken away, again and again: those in and before circles. */
const entangled = (edges: ReadonlyMap<string, readonly Edge[]>): ReadonlySet<string> => {
  const neededBy = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [from, list] of edges) {
    open.set(from, list.length);
    for (const { to } of list) {
      const known = neededBy.get(to);
      if (known) known.push(from);
      else neededBy.set(to, [from]);
    }
  }
  const free = new Set([...neededBy.keys(), ...edges.keys()].filter((name) => (open.get(name) ?? 0) === 0));
  const left = new Set(edges.keys());
  // What becomes free on the way joins the set, and is walked over in its turn.
  for (const name of free) {
    left.delete(name);
    for (const from of neededBy.get(name) ?? []) {
      const count = (open.get(from) ?? 0) - 1;
      open.set(from, count);
      if (count === 0) free.add(from);
    }
  }
  return left;
};

const lintCircles = (edges: ReadonlyMap<string, readonly Edge[]>, tell: Tell): void => {
  const left = entangled(edges);
  const walked = new Set<string>();
  for (const start of left) {
    const way: string[] = [];
    let last: Path = [];
    let name: string | undefined = start;
    while (name !== undefined && !walked.has(name)) {
      walked.add(name);
      way.push(name);
      const edge: Edge | undefined = edges.get(name)?.find(({ to }) => left.has(to));
      if (edge) last = edge.path;
      name = edge?.to;
    }
    const from = name === undefined ? -1 : way.indexOf(name);
    if (name !== undefined && from >= 0)
      tell.error(last, `dependsOn leads in a circle: ${[...way.slice(from), name].join(' → ')}`);
  }
};

const lintConnectivity = ({ connectivity }: SystemDocument, names: ReadonlySet<string>, tell: Tell): void => {
  if (!connectivity) return;
  const at: Path = ['connectivity'];
  connectivity.probes.forEach((name, index) => {
    const path: Path = [...at, 'probes', index];
    if (!name.includes('/')) tell.error(path, `connectivity names probes as service/probe, got ${name}`);
    else if (connectivity.probes.indexOf(name) !== index) tell.error(path, `probe ${name} is named twice`);
    else lintWhole(name, names, path, tell);
  });
  if (connectivity.atLeast > connectivity.probes.length)
    tell.error(
      [...at, 'atLeast'],
      `connectivity.atLeast must be at most ${connectivity.probes.length}, the number of its probes, got ${connectivity.atLeast}`,
    );
};
