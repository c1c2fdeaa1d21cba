/**
 * What is wrong or worth knowing. `kind` is stable, for scripts; `where` is a rule group, a selector, an alert or a setting;
 * `text` is one sentence that says what to do. Those of `RULE_KINDS` tell that the rules loaded are not those generated.
 */
export type Finding = { severity: 'error' | 'warning' | 'info'; kind: FindingKind; where: string; text: string };

export const RULE_KINDS = ['rules-missing', 'rules-different', 'rules-left-over'] as const;

export type FindingKind =
  | (typeof RULE_KINDS)[number]
  | 'retention'
  | 'look-back'
  | 'scrape'
  | 'no-series'
  | 'no-match'
  | 'threshold'
  | 'labels'
  | 'counter'
  | 'gauge'
  | 'cardinality'
  | 'not-recorded'
  | 'rule-failing'
  | 'rule-refused'
  | 'group-slow'
  | 'alert-noisy'
  | 'not-told';

/** An answer of the server, or why there is none: one sentence. */
export type Told<T> = { ok: true; value: T } | { ok: false; text: string };

/** `1 rule`, `2 rules`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The first few of a list, and how many more there are. */
export const some = (all: readonly string[], most = 5): string =>
  all.length <= most ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
