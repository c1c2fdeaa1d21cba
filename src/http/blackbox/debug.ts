import type { CheckResult } from '../../probe/probe.ts';
import type { CheckTarget } from '../../probe/targets.ts';
import type { Module } from './module.ts';

/** Names under which a target may hold a secret. */
const HIDDEN = new Set(['headers', 'body', 'auth', 'send', 'clientCertificate', 'ca', 'proxy']);

const withoutSecrets = (check: CheckTarget): string =>
  JSON.stringify(
    check,
    (name, value: unknown) => {
      if (name === 'url' || name === 'address') return shownTarget(String(value));
      return HIDDEN.has(name) && value !== null ? '[hidden]' : value;
    },
    2,
  );

/** A target as people may see it: without login and query. */
export const shownTarget = (target: string): string =>
  target.replace(/^([a-z]+:\/\/)?[^/?#]*@/i, '$1').replace(/[?#][^]*$/, '');

const line = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    .join(' ');

/** What `debug=true` answers, in the three parts of blackbox_exporter. `said` is why it failed; empty when it did not. */
export const debugText = (
  { name, prober }: Module,
  target: string,
  check: CheckTarget | null,
  { result, timeoutMs, said, metrics }: { result: CheckResult; timeoutMs: number; said: string; metrics: string },
): string => {
  const about = { module: name, target: shownTarget(target) };
  const phases = Object.entries(result.phases).map(([phase, ms]) => [`${phase}_seconds`, ms / 1_000]);
  const lines = [
    line({ ...about, msg: 'Beginning probe', probe: prober, timeout_seconds: timeoutMs / 1_000 }),
    line({ ...about, msg: 'Visited', address: result.address, status_code: result.status }),
    line({ ...about, msg: 'Timings', ...Object.fromEntries(phases) }),
    line({
      ...about,
      msg: said === '' ? 'Probe succeeded' : 'Probe failed',
      reason: result.reason,
      detail: said,
      duration_seconds: result.durationMs / 1_000,
    }),
  ];
  return [
    `Logs for the probe:\n${lines.join('\n')}\n`,
    `Metrics that would have been returned:\n${metrics}`,
    `Module configuration:\n${check === null ? '' : withoutSecrets(check)}\n`,
  ].join('\n\n\n');
};
