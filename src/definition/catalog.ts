import type { Condition } from '../alert/condition.ts';
import type { Policy } from '../incident/policy.ts';
import type { Correction, Exclusion } from '../slo/adjustment.ts';
import type { MaintenanceWindow } from '../slo/maintenance.ts';
import type { Slo } from '../slo/slo.ts';
import type { z } from 'zod';
import type { probe } from './spec/probe.ts';
import type { channel } from './spec/channel.ts';
import type { connector } from './spec/provider.ts';

type ProbeSpec = z.output<typeof probe>;
export type ActiveProbeSpec = Exclude<ProbeSpec, { kind: 'heartbeat' }>;

/** A probe that visits its target. References in `spec` stay unresolved. */
export type ActiveProbe = {
  kind: ActiveProbeSpec['kind'];
  timeoutMs: number;
  /** What it visits, as it is written: `GET https://api.example.org/health`, `postgres ${env:DATABASE}`. */
  visits: string;
  spec: ActiveProbeSpec;
  requestBudget: { id: string; requests: number; perMs: number } | null;
};

/** A probe with its place in the catalog. Durations are ms. */
export type CatalogProbe = {
  /** `duru-notes/api/health` */
  id: string;
  system: string;
  service: string;
  environment: string;
  description: string | null;
  /** How often a check is due, or a beat is expected. */
  intervalMs: number;
  failureThreshold: number;
  recoveryThreshold: number;
  notConfigured: string | null;
  covers: readonly string[];
  /** Whole ids of probes without which this one cannot work. */
  dependsOn: readonly string[];
  /** Where its checks run, and how many of these places must see it fail. */
  locations: readonly string[];
  quorum: number;
  /** Checks more often after a happening of these kinds. */
  burst: { after: readonly string[]; intervalMs: number; forMs: number } | null;
} & (ActiveProbe | { kind: 'heartbeat'; graceMs: number });

export type CatalogChannel = z.output<typeof channel> & { notConfigured: string | null };

/** A vendor that already measures, with its place in the catalog. References in `spec` stay unresolved. */
export type CatalogConnector = {
  /** `duru-notes/metrics` */
  id: string;
  system: string;
  local: string;
  /** Why nothing can be read from it; null when it can. */
  notConfigured: string | null;
} & ConnectorOfKind<z.output<typeof connector>>;

type ConnectorOfKind<Spec extends { kind: string }> = Spec extends unknown ? { kind: Spec['kind']; spec: Spec } : never;

export type CatalogService = { id: string; system: string; local: string; name: string; tier: number; policy: string };

export type CatalogSystem = {
  id: string;
  name: string;
  description: string | null;
  owner: string | null;
  zone: string;
  residency: string | null;
  retentionMs: number;
  maintenance: readonly MaintenanceWindow[];
  exclusions: readonly Exclusion[];
  corrections: readonly Correction[];
  /** While fewer than `atLeast` of these probes pass, this machine itself counts as cut off. */
  connectivity: { probes: readonly string[]; atLeast: number } | null;
};

/** Addresses without a slash at the end; `scrape` is host:port. Unless `isWritten` they are those of one's own machine. */
export type CatalogLinks = {
  nines: string;
  grafana: string;
  scrape: string;
  runbooks: string;
  heartbeat: boolean;
  isWritten: boolean;
};

/** All definitions, checked and resolved; immutable, replaced whole. Keys are whole ids. */
export type Catalog = {
  environment: string;
  systems: ReadonlyMap<string, CatalogSystem>;
  services: ReadonlyMap<string, CatalogService>;
  probes: ReadonlyMap<string, CatalogProbe>;
  slos: ReadonlyMap<string, Slo>;
  conditions: ReadonlyMap<string, Condition>;
  policies: ReadonlyMap<string, Policy>;
  channels: ReadonlyMap<string, CatalogChannel>;
  connectors: ReadonlyMap<string, CatalogConnector>;
  links: CatalogLinks;
  /** Requirement ids named by any `covers:`. */
  covered: ReadonlySet<string>;
  /** Unset references and other things that do not stop it. */
  warnings: readonly Problem[];
};

/** One mistake, or one warning, at its place: `slo/duru-notes.yaml:18:14 objective must be less than 100, got 999`. */
export type Problem = { file: string; line: number; column: number; message: string };

export const problemText = (problem: Problem): string =>
  `${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
