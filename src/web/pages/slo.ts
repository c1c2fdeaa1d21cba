import { SECOND } from '../../duration.ts';
import { percentText } from '../../slo/objective.ts';
import { html, safeHref } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { adjustmentTable } from '../parts/adjustments.ts';
import { budgetBar } from '../parts/budget-bar.ts';
import { burnDown } from '../parts/burn-down.ts';
import { burnTable, tierTable } from '../parts/burn-table.ts';
import { layout } from '../parts/layout.ts';
import { attainedPercent, burn, count, lengthText, percent } from '../parts/number.ts';
import { hourBurn, stateBadge, windowName } from '../parts/slo-list.ts';
import { SLO_LOOKS } from '../parts/state.ts';
import { ago, stamp } from '../parts/time.ts';
import type { Measure } from '../../slo/indicator.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Frame, SloView } from '../view.ts';
import { idPath } from '../html.ts';

const fact = (name: string, value: Piece, note: Piece): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd><strong>${value}</strong><span class="muted">${note}</span></dd>
  </div>`;

const facts = ({ status }: SloView): Html => {
  const { slo, budget } = status;
  const allowed =
    budget.badAllowed === null ? 'no data' : `${count(Math.max(0, budget.badAllowed))} more bad ones allowed`;
  return html`<dl class="tiles">
    ${fact('Attained', attainedPercent(budget.attained), `objective ${percentText(slo.objective)} %, ${windowName(slo.window)}`)}
    ${fact('Budget left', budgetBar(status), allowed)}
    ${fact('Burn, 1 h', burn(hourBurn(status)), '1× lasts exactly the window')}
    ${fact('Bad of total', count(budget.bad), `of ${count(budget.total)}`)}
  </dl>`;
};

/** What is counted, in words. */
const counted = (slo: Slo): Piece => {
  const probeLinks = (ids: readonly string[]): Piece =>
    ids.map((id, index) => html`${index > 0 && ', '}<a href="/probes/${idPath(id)}">${id}</a>`);
  const { indicator } = slo;
  switch (indicator.kind) {
    case 'probe':
      return html`every check of ${probeLinks(indicator.probes)}; one that passes is good`;
    case 'latency':
      return html`every check of ${probeLinks(indicator.probes)} that is answered or times out; one that passes within
      ${indicator.thresholdMs} ms is good`;
    case 'events':
      return html`good and total from <code>${indicator.connector}</code>`;
    case 'freshness':
      return html`time; it is good while ${probeLinks([indicator.probe])} is younger than
      ${lengthText(indicator.maxAgeMs)}`;
    case 'incident-clock':
      return html`every incident; one that recovers within ${lengthText(indicator.withinMs)} is good`;
    case 'time-slice': {
      const { source, sliceMs, comparison, threshold } = indicator;
      return html`slices of ${lengthText(sliceMs)}; one is good while
      ${source.kind === 'probe' ? html`<code>${source.metric}</code> of ${probeLinks([source.probe])}` : html`<code>${source.query}</code> asked of <code>${source.connector}</code>`}
      is always ${comparison} ${threshold}`;
    }
    case 'composite':
      return html`the events of
      ${indicator.parts.map(({ slo: part, weight }, index) => html`${index > 0 && ', '}<a href="/slos/${idPath(part)}">${part}</a>${weight !== 1 && ` × ${weight}`}`)}`;
    case 'promql':
      return html`${measured(indicator.measure)}, asked of <code>${indicator.connector}</code>`;
  }
};

/** What is counted by PromQL, with its texts. */
const measured = (measure: Measure): Piece => {
  switch (measure.kind) {
    case 'errors':
      return html`events of <code>${measure.total}</code>; those of <code>${measure.errors}</code> are bad`;
    case 'good':
      return html`events of <code>${measure.total}</code>; those of <code>${measure.good}</code> are good`;
    case 'ratio':
      return html`seconds; <code>${measure.ratio}</code> is the share that is bad`;
    case 'histogram':
    case 'native-histogram':
      return html`events of <code>${measure.histogram}</code>; one within
        ${lengthText(measure.thresholdSeconds * SECOND)} is good`;
    case 'gauge':
      return html`samples of <code>${measure.gauge}</code>; 1 is good, 0 is bad`;
  }
};

/** How reading from the source goes; nothing where Nines measures itself. */
const sourceRows = ({ source }: SloView, now: number): [string, Piece][] => {
  if (source === null) return [];
  const { connector, lastAnswerAt, readUntil, error } = source;
  const answered = lastAnswerAt === null ? 'has not answered yet' : html`answered ${ago(lastAnswerAt, now)}`;
  return [
    [
      'Source',
      html`<code>${connector}</code> ${answered}${readUntil !== null && html`, read until ${stamp(readUntil, now)}`}`,
    ],
    ...(error === null
      ? []
      : [
          ['Cannot be read', html`since ${stamp(error.since, now)}: <bdi>${error.text}</bdi>`] satisfies [
            string,
            Piece,
          ],
        ]),
  ];
};

const definition = (view: SloView, now: number): Html => {
  const { status } = view;
  const { slo, budget } = status;
  const runbook = safeHref(slo.runbook);
  const rows: [string, Piece][] = [
    ['Id', html`<code>${slo.id}</code>`],
    ['Counts', counted(slo)],
    [
      'Window',
      html`${stamp(budget.span.from, now)} to
      ${stamp(budget.span.to, now)}${slo.window.kind === 'calendar' && `, ${slo.zone}`}`,
    ],
    [
      'Data',
      html`${percent(budget.coverage, 1)} of the time covered; ${Math.floor(budget.days.have)} of
      ${Math.round(budget.days.of)} days`,
    ],
    ...sourceRows(view, now),
    ['Last data', status.lastDataAt === null ? 'never' : ago(status.lastDataAt, now)],
    ['No data for', html`${lengthText(slo.noData.afterMs)} raises a ${slo.noData.severity}`],
    ['Serves', slo.covers.length > 0 ? slo.covers.join(', ') : '–'],
    ['Runbook', runbook ? html`<a href="${runbook}" rel="noreferrer">${slo.runbook}</a>` : (slo.runbook ?? 'none yet')],
  ];
  return html`<section id="definition" data-live aria-labelledby="definition-title">
    <h2 id="definition-title">Definition</h2>
    <dl class="pairs">
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
};

const section = (id: string, title: string, body: Piece): Html =>
  html`<section id="${id}" data-live aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;

export const sloPage = (frame: Frame, view: SloView): string => {
  const { status } = view;
  const { slo } = status;
  const { now } = frame;
  return layout(
    frame,
    slo.name,
    html`<p class="crumbs"><a href="/slos">SLOs</a> / ${slo.system} / ${slo.service}</p>
      <div id="head" data-live class="verdict ${SLO_LOOKS[status.state].tone}">
        <p class="badges">${stateBadge(status)}</p>
        <h1><bdi>${slo.name}</bdi></h1>
        ${slo.description && html`<p class="muted"><bdi>${slo.description}</bdi></p>`}
        ${status.because && html`<p class="lead"><bdi>${status.because}</bdi></p>`}
        <p class="forecast"><bdi>${status.forecast.text}</bdi></p>
      </div>
      ${
        status.state === 'not-configured'
          ? html`<p class="empty">Nothing can be measured until it is configured.</p>`
          : html`<div id="facts" data-live>${facts(view)}</div>
              ${section('burn-down', 'Error budget', burnDown(view, now))}
              ${status.budget.adjustments.length > 0 && section('adjustments', 'Exclusions and corrections', adjustmentTable(status, now))}
              ${section('tiers', 'Alerts', tierTable(status))} ${section('burn', 'Burn rates', burnTable(status))}`
      }
      ${definition(view, now)}`,
  );
};
