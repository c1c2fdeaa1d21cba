import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { CatalogLinks } from '../../definition/catalog.ts';
import { finish, type JsonObject } from '../finish.ts';
import { DATA_SOURCE, type Row } from '../panels/panel.ts';

/** A list at the top of a dashboard, filled with the values of a label. `many`: several may be picked, or all. */
export type Variable = { name: string; title: string; from: string; many?: true };

/** Instants that are marked on every chart. `shown: false` = off until somebody switches it on. */
export type Marks = { name: string; expr: string; text: string; color: string; shown: boolean };

export type Link = { title: string; url: string };

export type Frame = {
  uid: string;
  title: string;
  description: string;
  /** What is shown first: `now-7d`. */
  from: string;
  variables: readonly Variable[];
  marks: readonly Marks[];
  links: readonly Link[];
  rows: readonly Row[];
};

/** All dashboards of ours; the menu of each lists them by it. */
const TAG = 'nines';

const ALL = { text: 'All', value: '$__all' } as const;

const variable = ({ name, title, from, many }: Variable): QueryVariableBuilder => {
  const list = new QueryVariableBuilder(name)
    .label(title)
    .datasource(DATA_SOURCE)
    .query(`label_values(${from}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .allowCustomValue(false);
  return many ? list.multi(true).includeAll(true).allValue('.+').current(ALL) : list;
};

const marks = ({ name, expr, text, color, shown }: Marks): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(shown)
    .hide(false)
    .iconColor(color)
    .expr(expr)
    .step('60s')
    .titleFormat(name)
    .textFormat(text);

const menu = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Nines dashboards')
    .type(DashboardLinkType.Dashboards)
    .icon('external link')
    .tags([TAG])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(true);

const linkTo = ({ title, url }: Link): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon('external link').url(url).targetBlank(true);

/** The page of Nines itself: people acknowledge there, not in Grafana. */
export const ninesLink = ({ nines }: CatalogLinks, path = '/'): Link => ({ title: 'Nines', url: `${nines}${path}` });

/** A dashboard with everything that all of ours have in common. */
export const dashboard = (frame: Frame): JsonObject => {
  const built = new DashboardBuilder(frame.title)
    .uid(frame.uid)
    .description(frame.description)
    .tags([TAG, 'generated'])
    .timezone('browser')
    .time({ from: frame.from, to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .label('Data source')
        .type('prometheus')
        .current({ text: 'default', value: 'default' })
        .allowCustomValue(false),
    )
    .annotations(frame.marks.map(marks))
    .link(menu());
  for (const one of frame.variables) built.withVariable(variable(one));
  for (const one of frame.links) built.link(linkTo(one));
  return finish(built.build(), frame.rows);
};
