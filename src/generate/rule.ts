/** A Prometheus rule, before it is printed. Labels and annotations keep the order they are given in. */
export type RecordingRule = { record: string; expr: string; labels: Readonly<Record<string, string>> };

export type AlertingRule = {
  alert: string;
  expr: string;
  /** ms; 0 = at once. */
  forMs: number;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
};

export type Rule = RecordingRule | AlertingRule;

/** Rules that are evaluated one after the other, every `intervalMs`: each sees what those before it recorded. */
export type RuleGroup = { name: string; intervalMs: number; rules: readonly Rule[] };

export const isAlert = (rule: Rule): rule is AlertingRule => 'alert' in rule;
