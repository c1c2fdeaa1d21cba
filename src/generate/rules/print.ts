import { isAlert } from '../rule.ts';
import type { AlertingRule, RecordingRule, RuleGroup } from '../rule.ts';
import { textYaml, yamlOf } from '../yaml.ts';
import { rangeOf } from './text.ts';

type Labels = Readonly<Record<string, string>>;

/** `name`, and the map below it; nothing where that is empty. */
const mapText = (name: string, map: Labels, indent: string): string => {
  const text = yamlOf(map, `${indent}  `);
  return `${indent}${name}:${text === '' ? ' {}\n' : `\n${text}`}`;
};

const recordText = ({ record, expr }: RecordingRule, labels: string, indent: string): string => {
  const inner = `${indent}  `;
  return `${indent}- record: ${textYaml(record, '')}\n${inner}expr: ${textYaml(expr, `${inner}  `)}\n${labels}`;
};

const alertText = ({ alert, expr, forMs, labels, annotations }: AlertingRule, indent: string): string =>
  `${indent}- alert: ${textYaml(alert, '')}\n` +
  `${indent}  expr: ${textYaml(expr, `${indent}    `)}\n` +
  (forMs > 0 ? `${indent}  for: ${rangeOf(forMs)}\n` : '') +
  mapText('labels', labels, `${indent}  `) +
  mapText('annotations', annotations, `${indent}  `);

/** A group as an entry of the list `groups`, `indent` deep. */
export const groupText = ({ name, intervalMs, rules }: RuleGroup, indent: string): string => {
  const inner = `${indent}    `;
  let text = `${indent}- name: ${textYaml(name, '')}\n${indent}  interval: ${rangeOf(intervalMs)}\n`;
  text += rules.length === 0 ? `${indent}  rules: []\n` : `${indent}  rules:\n`;
  // Whatever an SLO records has the same labels: they are printed once for all of it.
  let last: Labels | undefined;
  let labels = '';
  for (const rule of rules) {
    if (isAlert(rule)) {
      text += alertText(rule, inner);
      continue;
    }
    if (rule.labels !== last) labels = mapText('labels', (last = rule.labels), `${inner}  `);
    text += recordText(rule, labels, inner);
  }
  return text;
};
