import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import type { Tell } from './tell.ts';

/** Where a probe runs, and how many of these places must agree. `main` is Nines itself. */
export const lintLocations = (probe: Exclude<ProbeSpec, { kind: 'heartbeat' }>, at: Path, tell: Tell): void => {
  const { locations = [], quorum } = probe;
  locations.forEach((location, index) => {
    if (locations.indexOf(location) !== index)
      tell.error([...at, 'locations', index], `location ${location} is named twice`);
  });
  const places = new Set(locations).size;
  if (quorum === undefined) return;
  if (places === 0) tell.error([...at, 'quorum'], 'quorum needs locations that can agree');
  else if (quorum > places)
    tell.error(
      [...at, 'quorum'],
      `quorum must not be more than its locations (${places}), or it would never fail, got ${quorum}`,
    );
};
