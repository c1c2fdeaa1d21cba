import type { Condition } from '../alert/condition.ts';
import type { Policy } from '../incident/policy.ts';
import type { Slo } from '../slo/slo.ts';
import type { z } from 'zod';
import type { httpProbe } from './spec/probe.ts';
import type { channel } from './spec/channel.ts';

/** A probe with its place in the catalog. Durations are ms. References in `http` stay unresolved. */
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
} & ({ kind: 'http'; timeoutMs: number; http: z.output<typeof httpProbe> } | { kind: 'heartbeat'; graceMs: number });

export type CatalogChannel = z.output<typeof channel> & { notConfigured: string | null };

export type CatalogService = { id: string; system: string; local: string; name: string; tier: number; policy: string };

export type CatalogSystem = {
  id: string;
  name: string;
  description: string | null;
  owner: string | null;
  zone: string;
  residency: string | null;
  retentionMs: number;
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
  /** Requirement ids named by any `covers:`. */
  covered: ReadonlySet<string>;
  /** Unset references and other things that do not stop it. */
  warnings: readonly Problem[];
};

/** One mistake, or one warning, at its place: `slo/duru-notes.yaml:18:14 objective must be less than 100, got 999`. */
export type Problem = { file: string; line: number; column: number; message: string };

export const problemText = (problem: Problem): string =>
  `${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
