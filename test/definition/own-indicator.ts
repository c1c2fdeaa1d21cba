import { POLICIES, SHOP, linesOf } from './documents.ts';

/** The shop with two connectors and an SLO of its own, whose indicator is given. */
export const withIndicator = (indicator: string): string =>
  SHOP.replace(
    '  - { id: edge, kind: cloudwatch }',
    `  - { id: edge, kind: cloudwatch }
  - { id: metrics, kind: prometheus, url: "https://prometheus.example.org" }`,
  ).replace(
    '    conditions:',
    `      - id: own
        name: Own
        objective: 99
        window: 30d
        indicator: ${indicator}
    conditions:`,
  );

export const said = (indicator: string): string[] =>
  linesOf({ 'shop.yaml': withIndicator(indicator), 'policies.yaml': POLICIES }).map((line) =>
    line.replace('shop.yaml:', ''),
  );

/** The place of a text in the file, as messages write it. */
export const placeOf = (indicator: string, text: string): string => {
  const whole = withIndicator(indicator);
  const before = whole.slice(0, whole.indexOf(text, whole.indexOf('id: own')));
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
};
