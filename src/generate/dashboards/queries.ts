import type { JsonObject } from '../finish.ts';

/**
 * A query of a dashboard as it is written, with the variables of Grafana in it. `from` names the panel by its title, the
 * list at the top or the marks; `panel` is the id of the panel, null for the others.
 */
export type DashboardQuery = {
  from: string;
  panel: number | null;
  refId: string;
  expr: string;
  kind: 'instant' | 'range' | 'label_values';
  /** Names of the `$name` and `${name}` in it, also those that Grafana makes itself: `__range`, `__interval_ms`. */
  variables: readonly string[];
};

type Target = { refId: string; expr: string; instant?: boolean };
type PanelModel = { id: number; title: string; targets?: readonly Target[]; panels?: readonly PanelModel[] };
type Model = {
  panels: readonly PanelModel[];
  templating: { list: readonly { name: string; type: string; query: string }[] };
  annotations: { list: readonly { name: string; expr: string }[] };
};

const variablesIn = (expr: string): readonly string[] => [
  ...new Set([...expr.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '')),
];

const targetsOf = (panel: PanelModel): readonly DashboardQuery[] =>
  (panel.targets ?? []).map(({ refId, expr, instant }) => ({
    from: panel.title,
    panel: panel.id,
    refId,
    expr,
    kind: instant ? 'instant' : 'range',
    variables: variablesIn(expr),
  }));

/** Every query of a dashboard of ours, also those of closed rows, lists and marks. */
export const queriesOf = (dashboard: JsonObject): readonly DashboardQuery[] => {
  const { panels, templating, annotations } = dashboard as unknown as Model;
  const elsewhere = (from: string, expr: string, kind: DashboardQuery['kind']): DashboardQuery => ({
    from,
    panel: null,
    refId: 'A',
    expr,
    kind,
    variables: variablesIn(expr),
  });
  return [
    ...panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).flatMap(targetsOf),
    ...templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => elsewhere(name, query, 'label_values')),
    ...annotations.list.map(({ name, expr }) => elsewhere(name, expr, 'range')),
  ];
};
