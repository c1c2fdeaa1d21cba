import { absenceTitle } from '../alert/absence.ts';
import { alertKey, type Alert, type AlertIdentity, type Severity } from '../alert/alert.ts';
import { burnRateTitle } from '../alert/evaluate.ts';
import { identityFromLabels } from '../alert/labels.ts';
import type { Catalog } from '../definition/catalog.ts';

type Labels = Readonly<Record<string, string>>;

/** An alert as another judge sends it. Times are epoch ms; null = not said, or not to be believed. */
export type Received = {
  status: 'firing' | 'clear';
  labels: Labels;
  annotations: Labels;
  startsAt: number | null;
  endsAt: number | null;
};

const NAME = 100;
const LINE = 200;
const TEXT = 500;
const KEPT_LABELS = 64;

/** One line of plain text, not longer than `length`: it comes from outside, and is stored, sent and shown. */
const line = (text: string, length: number): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, length)
    .toWellFormed();

/** As a part of the name of a group, which `|` divides. */
const place = (text: string | undefined): string => line((text ?? '').replaceAll('|', ' '), NAME) || 'external';

const SEVERITY_OF: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['warning', 'warning'],
  ['ticket', 'warning'],
  ['info', 'info'],
]);

const severityOf = ({ severity = '' }: Labels): Severity => SEVERITY_OF.get(severity.toLowerCase()) ?? 'warning';

/** What it is called and how serious it is, where it is of something that the catalog has. */
type Known = Pick<Alert, 'title' | 'severity' | 'limit' | 'slo' | 'runbook'>;

const knownOf = (identity: AlertIdentity, catalog: Catalog): Known | null => {
  const id = `${identity.system}/${identity.service}/${identity.subject}`;
  if (identity.kind === 'condition') {
    const found = catalog.conditions.get(id);
    if (!found || found.environment !== identity.environment) return null;
    return {
      title: found.name,
      severity: found.severity,
      limit: found.threshold,
      slo: null,
      runbook: found.runbook,
    };
  }
  const slo = catalog.slos.get(id);
  if (!slo || slo.environment !== identity.environment) return null;
  const of = { slo: slo.id, runbook: slo.runbook };
  if (identity.kind === 'absence') {
    const missing = identity.labels?.['missing'] === 'traffic' ? 'traffic' : 'data';
    const severity = missing === 'traffic' ? 'info' : slo.noData.severity;
    return { ...of, title: absenceTitle(slo, missing), severity, limit: slo.noData.afterMs / 1_000 };
  }
  const tier = slo.tiers.find(({ name }) => name === identity.tier);
  return tier ? { ...of, title: burnRateTitle(slo, tier), severity: tier.severity, limit: tier.factor } : null;
};

const groupingOf =
  (catalog: Catalog) =>
  (slo: string): readonly string[] => {
    const indicator = catalog.slos.get(slo)?.indicator;
    return indicator?.kind === 'promql' ? indicator.groupBy : [];
  };

/** ` (region eu)` of an alert that is one of several of its SLO. */
const groupPhrase = ({ labels = {} }: AlertIdentity): string => {
  const parts = Object.entries(labels)
    .filter(([name]) => name !== 'missing')
    .map(([name, value]) => `${name} ${line(value, NAME)}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
};

const foreignIdentity = (labels: Labels, catalog: Catalog): AlertIdentity => ({
  system: place(labels['system']),
  environment: place(labels['environment'] || catalog.environment),
  service: place(labels['service']),
  kind: 'foreign',
  subject: line(labels['alertname'] ?? '', LINE) || 'unnamed',
  labels,
});

/** The identity as it is kept: its key is of the whole, so what is cut makes no two alerts the same. */
const kept = ({ labels, ...identity }: AlertIdentity): AlertIdentity => {
  const named = {
    ...identity,
    system: place(identity.system),
    environment: place(identity.environment),
    service: place(identity.service),
    subject: line(identity.subject, LINE) || 'unnamed',
  };
  return labels === undefined
    ? named
    : {
        ...named,
        labels: Object.fromEntries(
          Object.entries(labels)
            .slice(0, KEPT_LABELS)
            .map(([name, value]) => [line(name, NAME), line(value, LINE)]),
        ),
      };
};

const sentence = ({ status, annotations, labels }: Received): string => {
  if (status === 'clear') return 'Prometheus says that it is over';
  const { description, summary, message } = annotations;
  return line(description || summary || message || `Prometheus says that ${labels['alertname'] ?? 'it'} fires`, TEXT);
};

/**
 * The alert that others send, as the embedded evaluator would name it; what is none of ours keeps its own labels. `at`
 * is when it was heard.
 */
export const alertReceived = (received: Received, catalog: Catalog, at: number): Alert => {
  const { labels, annotations } = received;
  const ours = identityFromLabels(labels, groupingOf(catalog));
  const identity = ours ?? foreignIdentity(labels, catalog);
  const known = ours && knownOf(ours, catalog);
  const { system, environment, service, subject } = identity;
  // What the catalog has is named as it is there: a shorter name would be another group.
  const shown = known ? { ...kept(identity), system, environment, service, subject } : kept(identity);
  const runbook = line(annotations['runbook_url'] ?? annotations['runbook'] ?? '', TEXT);
  const stranger: Known = {
    title: line(annotations['summary'] ?? '', LINE) || shown.subject,
    severity: severityOf(labels),
    limit: 0,
    slo: null,
    runbook: null,
  };
  const about = known ?? stranger;
  return {
    key: alertKey(identity),
    identity: shown,
    status: received.status,
    since: at,
    detail: sentence(received),
    value: null,
    ...about,
    title: known && ours ? about.title + groupPhrase(ours) : about.title,
    runbook: about.runbook ?? (runbook || null),
  };
};
