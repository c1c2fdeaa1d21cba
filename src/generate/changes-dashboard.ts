import type { Change, Compared } from './changes.ts';
import type { Told } from './changes-facts.ts';
import { canonical, compared, fieldOf, isRecord, isSame, keyed, listOf, some, textIn } from './value.ts';

/** Grafana's classic form, or the same within a resource. */
const modelOf = (value: unknown): unknown => (Array.isArray(fieldOf(value, 'panels')) ? value : fieldOf(value, 'spec'));

/** Rows hold the panels below them while they are folded. */
const panelsOf = (model: unknown): Map<string, unknown> =>
  keyed(
    listOf(model, 'panels').flatMap((panel) => [panel, ...listOf(panel, 'panels')]),
    (panel) => textIn(panel, 'id') ?? textIn(panel, 'title') ?? '?',
  );

const titleOf = (panel: unknown): string =>
  textIn(panel, 'title') || `${textIn(panel, 'type') ?? '?'} ${textIn(panel, 'id') ?? ''}`.trim();

const PARTS: readonly (readonly [string, (panel: unknown) => unknown])[] = [
  ['query', (panel) => fieldOf(panel, 'targets')],
  ['kind', (panel) => fieldOf(panel, 'type')],
  ['unit', (panel) => fieldOf(fieldOf(fieldOf(panel, 'fieldConfig'), 'defaults'), 'unit')],
  ['thresholds', (panel) => fieldOf(fieldOf(fieldOf(panel, 'fieldConfig'), 'defaults'), 'thresholds')],
  ['description', (panel) => fieldOf(panel, 'description')],
];
const SAID = new Set(['id', 'title', 'gridPos', 'targets', 'type', 'description', 'panels']);

/** All that no word of `PARTS` says. */
const restOf = (panel: unknown): unknown => {
  if (!isRecord(panel)) return panel;
  const rest = Object.fromEntries(Object.entries(panel).filter(([key]) => !SAID.has(key)));
  const config = fieldOf(panel, 'fieldConfig');
  const defaults = fieldOf(config, 'defaults');
  if (!isRecord(config) || !isRecord(defaults)) return rest;
  return { ...rest, fieldConfig: { ...config, defaults: { ...defaults, unit: null, thresholds: null } } };
};

const panelChange = (before: unknown, after: unknown): string[] => {
  const parts = PARTS.filter(([, read]) => !isSame(read(before), read(after))).map(([word]) => word);
  if (!isSame(restOf(before), restOf(after))) parts.push('settings');
  const renamed = titleOf(before) === titleOf(after) ? [] : [`panel ${titleOf(before)} renamed to ${titleOf(after)}`];
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts[0];
  return list === undefined ? renamed : [...renamed, `panel ${titleOf(after)}: ${list} changed`];
};

const variables = (model: unknown): Map<string, unknown> =>
  keyed(listOf(fieldOf(model, 'templating'), 'list'), (one) => textIn(one, 'name') ?? '?');

const others = (model: unknown): Map<string, unknown> =>
  new Map(
    isRecord(model) ? Object.entries(model).filter(([key]) => !['panels', 'templating', 'title'].includes(key)) : [],
  );

/** `dashboard SLO: panel Budget left: query changed` */
export const dashboardChanges = (file: Compared, told: Told): Change[] => {
  const { path } = file;
  const [before, after] = [modelOf(file.before), modelOf(file.after)];
  const subject = `dashboard ${textIn(file.after === null ? before : after, 'title') ?? path}`;
  if (file.before === null) return [{ subject, what: 'added', path }];
  if (file.after === null) return [{ subject, what: 'removed', path }];
  if (told.isRenamed(canonical(before), canonical(after))) return [];
  const panels = compared(panelsOf(before), panelsOf(after));
  const settings = compared(variables(before), variables(after));
  const rest = compared(others(before), others(after));
  const moved = panels.changed.filter((one) => !isSame(fieldOf(one.before, 'gridPos'), fieldOf(one.after, 'gridPos')));
  const keys = [...rest.added, ...rest.removed].map(([key]) => key).concat(rest.changed.map(({ key }) => key));
  const titles = [textIn(before, 'title') ?? '', textIn(after, 'title') ?? ''];
  const said = [
    ...(titles[0] === titles[1] ? [] : [`renamed from ${titles[0]}`]),
    ...panels.added.map(([, panel]) => `panel ${titleOf(panel)} added`),
    ...panels.removed.map(([, panel]) => `panel ${titleOf(panel)} removed`),
    ...panels.changed
      .filter((one) => !told.isRenamed(canonical(one.before), canonical(one.after)))
      .flatMap((one) => panelChange(one.before, one.after)),
    ...(moved.length === 0 ? [] : [`${some(moved.map(({ after: panel }) => titleOf(panel)))} moved`]),
    ...settings.added.map(([name]) => `variable ${name} added`),
    ...settings.removed.map(([name]) => `variable ${name} removed`),
    ...settings.changed.map(({ key }) => `variable ${key} changed`),
    ...(keys.length === 0 ? [] : [`settings changed (${some(keys)})`]),
  ];
  return said.map((what) => ({ subject, what, path }));
};
