import type { SloStatus } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { layout } from '../parts/layout.ts';
import { plural } from '../parts/number.ts';
import { hourBurn, sloRow } from '../parts/slo-list.ts';
import { SLO_LOOKS, SLO_ORDER } from '../parts/state.ts';
import type { Frame } from '../view.ts';

export const SLO_SORTS = ['state', 'name', 'budget', 'burn', 'data'] as const;
export type SloSort = (typeof SLO_SORTS)[number];
/** What the address asks for. Empty texts filter nothing. */
export type SloQuery = { sort: SloSort; state: string; q: string };

const byState = (a: SloStatus, b: SloStatus): number => SLO_ORDER.indexOf(a.state) - SLO_ORDER.indexOf(b.state);
const byName = (a: SloStatus, b: SloStatus): number => (a.slo.id < b.slo.id ? -1 : 1);
// What has no number goes first: nobody knows how bad it is.
const byNumber =
  (of: (status: SloStatus) => number | null, sign: 1 | -1) =>
  (a: SloStatus, b: SloStatus): number => {
    const [left, right] = [of(a), of(b)];
    if (left === null || right === null) return Number(left !== null) - Number(right !== null) || byName(a, b);
    return sign * (left - right) || byName(a, b);
  };

const ORDERS: Record<SloSort, (a: SloStatus, b: SloStatus) => number> = {
  state: (a, b) => byState(a, b) || byName(a, b),
  name: byName,
  budget: byNumber(({ budget }) => budget.remaining, 1),
  burn: byNumber(hourBurn, -1),
  data: byNumber(({ lastDataAt }) => lastDataAt, 1),
};

const COLUMNS: readonly { name: string; sort: SloSort | null }[] = [
  { name: 'SLO', sort: 'name' },
  { name: 'State', sort: 'state' },
  { name: 'Budget left', sort: 'budget' },
  { name: 'Burn, 1 h', sort: 'burn' },
  { name: 'Budget ends', sort: null },
  { name: 'Attained', sort: null },
  { name: 'Last data', sort: 'data' },
];

const address = (query: SloQuery, change: Partial<SloQuery>): string => {
  const { sort, state, q } = { ...query, ...change };
  const parts = new URLSearchParams({
    ...(sort === 'state' ? {} : { sort }),
    ...(state ? { state } : {}),
    ...(q ? { q } : {}),
  }).toString();
  return parts ? `/slos?${parts}` : '/slos';
};

const filters = (query: SloQuery, all: readonly SloStatus[]): Html =>
  html`<div class="filters">
    <form method="get" action="/slos" role="search">
      <label for="q" class="unseen">Find</label
      ><input id="q" name="q" type="search" value="${query.q}" placeholder="name, system, service" />${
        query.state && html`<input type="hidden" name="state" value="${query.state}" />`
      }${query.sort !== 'state' && html`<input type="hidden" name="sort" value="${query.sort}" />`}<button>Find</button>
    </form>
    <ul class="chips" aria-label="States">
      <li>
        <a href="${address(query, { state: '' })}" aria-current="${query.state === '' ? 'true' : 'false'}"
          >All ${all.length}</a
        >
      </li>
      ${SLO_ORDER.map((state) => {
        const number = all.filter((status) => status.state === state).length;
        return (
          number > 0 &&
          html`<li>
            <a href="${address(query, { state })}" aria-current="${query.state === state ? 'true' : 'false'}"
              >${SLO_LOOKS[state].word} ${number}</a
            >
          </li>`
        );
      })}
    </ul>
  </div>`;

const heading = (query: SloQuery, { name, sort }: (typeof COLUMNS)[number]): Html => {
  if (sort === null) return html`<th scope="col">${name}</th>`;
  const here = query.sort === sort;
  return html`<th scope="col" ${here && html` aria-sort="${sort === 'burn' ? 'descending' : 'ascending'}"`}>
    <a href="${address(query, { sort })}"
      >${name}${here && html`<span aria-hidden="true"> ${sort === 'burn' ? '↓' : '↑'}</span>`}</a
    >
  </th>`;
};

export const slosPage = (frame: Frame, all: readonly SloStatus[], query: SloQuery): string => {
  const wanted = query.q.toLowerCase();
  const shown = all
    .filter(
      ({ state, slo }) =>
        (!query.state || state === query.state) && `${slo.id} ${slo.name}`.toLowerCase().includes(wanted),
    )
    .sort(ORDERS[query.sort]);
  return layout(
    frame,
    'SLOs',
    html`<h1>SLOs</h1>
      ${filters(query, all)}
      <section id="list" data-live aria-label="${plural(shown.length, 'SLO')}">
        ${
          shown.length === 0
            ? html`<p class="empty">
                ${all.length === 0 ? 'No SLO is defined yet.' : html`No SLO fits. <a href="/slos">Show all</a>`}
              </p>`
            : html`<table class="cards">
                <caption class="unseen">
                  SLOs, ${plural(shown.length, 'row')}
                </caption>
                <thead>
                  <tr>
                    ${COLUMNS.map((column) => heading(query, column))}
                  </tr>
                </thead>
                <tbody>
                  ${shown.map((status) => sloRow(status, frame.now))}
                </tbody>
              </table>`
        }
      </section>`,
  );
};
