import type { CheckResult } from '../../probe/probe.ts';
import type { CheckTarget, Reach } from '../../probe/targets.ts';

/** Of which kind a module of blackbox_exporter is: those that Nines has a probe for. */
export type ProberKind = 'http' | 'tcp' | 'dns' | 'icmp' | 'grpc';

/** One module, ready for any target that a caller names. */
export type Module = {
  name: string;
  prober: ProberKind;
  /** null = as long as the scraper waits. */
  timeoutMs: number | null;
  /** What to check; null when `target` is none for this kind. `hostname` is the name to ask for, where it is another. */
  checkOf(target: string, hostname: string | null): CheckTarget | null;
  /** What blackbox_exporter judges beside the assertions: why a result fails after all, null when it does not. */
  objection(result: CheckResult): string | null;
};

/** What a module is made with. */
export type World = {
  /** Where callers may lead us beyond public addresses. */
  allow: Reach['allow'];
  /** The text of a file that a module names; undefined when it cannot be read. */
  read(path: string): string | undefined;
  /** A mistake at a key of the module. */
  report(path: readonly (string | number)[], message: string): void;
};

export const NO_OBJECTION = (): null => null;
