import type { Catalog, CatalogLinks } from '../../definition/catalog.ts';
import type { AlertName } from './runbook-anchors.ts';
import { RUNBOOK_ANCHORS } from './runbook-anchors.ts';
import type { Subject } from './subject.ts';
import { templateText } from './text.ts';

const isHttp = (url: URL | null): url is URL => url?.protocol === 'https:' || url?.protocol === 'http:';

/**
 * The section about a kind of alert. Nines has a page for each, since a login drops what stands behind `#`; elsewhere it is
 * an anchor.
 */
const sectionUrl = ({ nines, runbooks }: CatalogLinks, alert: AlertName): string =>
  `${runbooks}${runbooks === `${nines}/runbooks` ? '/' : '#'}${RUNBOOK_ANCHORS[alert]}`;

/** A definition's runbook as an address; one that it names by a path stands below `links.runbooks`. */
export const runbookUrl = ({ links }: Catalog, alert: AlertName, runbook: string | null = null): string => {
  const url = runbook === null ? null : URL.parse(runbook, `${links.runbooks}/`);
  return templateText(isHttp(url) ? url.href : sectionUrl(links, alert));
};

/** The links of every alert about one SLO. */
export const sloLinks = (
  { catalog, slo, pages }: Subject,
  alert: AlertName,
): Readonly<Record<'runbook_url' | 'dashboard_url' | 'nines_url', string>> => ({
  runbook_url: runbookUrl(catalog, alert, slo.runbook),
  dashboard_url: pages.dashboard,
  nines_url: pages.nines,
});
