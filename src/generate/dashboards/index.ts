import type { Catalog } from '../../definition/catalog.ts';
import { SHARED, type GeneratedFile } from '../file.ts';
import { dashboardText, type JsonObject } from '../finish.ts';
import type { Part } from '../generate.ts';
import { SLO_DETAIL_UID, sloDetail } from './slo-detail.ts';

const file = (uid: string, owner: string, make: () => JsonObject): GeneratedFile => ({
  path: `dashboards/${uid}.json`,
  owner,
  chunks: () => [dashboardText(make())],
});

const OF_ALL: readonly (readonly [uid: string, make: (catalog: Catalog) => JsonObject])[] = [
  [SLO_DETAIL_UID, sloDetail],
];

/** Dashboards of Grafana, classic model: those of all systems, and one per system. A file is named after its uid. */
export const dashboardFiles: Part = function* (catalog) {
  for (const [uid, make] of OF_ALL) yield file(uid, SHARED, () => make(catalog));
};
