import type { Catalog } from '../../definition/catalog.ts';
import { SHARED, type GeneratedFile } from '../file.ts';
import { dashboardText, type JsonObject } from '../finish.ts';
import type { Part } from '../generate.ts';
import { incidents } from './incidents.ts';
import { overview } from './overview.ts';
import { probes } from './probes.ts';
import { self } from './self.ts';
import { sloDetail } from './slo-detail.ts';
import { SLO_DETAIL_UID } from './slo-table.ts';
import { system } from './system.ts';
import { systemUid } from './uid.ts';

const file = (uid: string, owner: string, make: () => JsonObject): GeneratedFile => ({
  path: `dashboards/${uid}.json`,
  owner,
  chunks: () => [dashboardText(make())],
});

const OF_ALL: readonly (readonly [uid: string, make: (catalog: Catalog) => JsonObject])[] = [
  ['nines-overview', overview],
  [SLO_DETAIL_UID, sloDetail],
  ['nines-probes', probes],
  ['nines-incidents', incidents],
  ['nines-self', self],
];

/** Dashboards of Grafana, classic model: those of all systems, and one per system. A file is named after its uid. */
export const dashboardFiles: Part = function* (catalog) {
  for (const [uid, make] of OF_ALL) yield file(uid, SHARED, () => make(catalog));
  for (const one of catalog.systems.values()) yield file(systemUid(one.id), one.id, () => system(catalog, one));
};
