import type { Catalog } from '../../definition/catalog.ts';
import type { AlertName } from './runbook-anchors.ts';
import { RUNBOOK_ANCHORS } from './runbook-anchors.ts';
import type { Subject } from './subject.ts';
import { templateText } from './text.ts';

const isHttp = (url: URL | null): url is URL => url?.protocol === 'https:' || url?.protocol === 'http:';

/** A definition's runbook as an address; one that it names by a path stands below `links.runbooks`. */
export const runbookUrl = ({ links }: Catalog, alert: AlertName, runbook: string | null = null): string => {
  const url = runbook === null ? null : URL.parse(runbook, `${links.runbooks}/`);
  return templateText(isHttp(url) ? url.href : `${links.runbooks}#${RUNBOOK_ANCHORS[alert]}`);
};

/** The dashboard that shows one SLO in detail: its uid is `nines-slo-detail`, its variables are the four labels. */
export const dashboardUrl = ({ catalog, labels }: Subject): string => {
  const query = Object.entries(labels).map(([name, value]) => `var-${name}=${encodeURIComponent(value)}`);
  return `${catalog.links.grafana}/d/nines-slo-detail?${query.join('&')}`;
};

/** The links of every alert about one SLO. */
export const sloLinks = (subject: Subject, alert: AlertName): Readonly<Record<string, string>> => ({
  runbook_url: runbookUrl(subject.catalog, alert, subject.slo.runbook),
  dashboard_url: dashboardUrl(subject),
  nines_url: `${subject.catalog.links.nines}/slos/${subject.slo.id}`,
});
