import { MINUTE } from '../../duration.ts';
import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { Mark, SloView } from '../view.ts';
import { percent } from './number.ts';
import { dayText, stamp, stampText } from './time.ts';

type Point = { at: number; remaining: number | null };
type Scale = { x: (at: number) => string; y: (share: number) => string; lowest: number; from: number; to: number };

const WIDTH = 1_000;
const HEIGHT = 240;

const scaleOf = ({ status, points }: SloView, now: number): Scale => {
  const { span } = status.budget;
  const from = points[0]?.at ?? span.from;
  const to = status.slo.window.kind === 'calendar' ? span.to : now;
  const known = points.flatMap(({ remaining }) => (remaining === null ? [] : [remaining]));
  const lowest = Math.max(-1, Math.min(0, ...known));
  return {
    from,
    to,
    lowest,
    x: (at) => (((at - from) / Math.max(1, to - from)) * WIDTH).toFixed(1),
    y: (share) => (((1 - Math.max(lowest, share)) / (1 - lowest)) * HEIGHT).toFixed(1),
  };
};

/** Stretches with data: a gap in the data is a gap in the line. */
const stretches = (points: readonly Point[]): { at: number; remaining: number }[][] => {
  const found: { at: number; remaining: number }[][] = [[]];
  for (const { at, remaining } of points)
    if (remaining === null) found.push([]);
    else found.at(-1)!.push({ at, remaining });
  return found.filter((stretch) => stretch.length > 0);
};

const line = (stretch: readonly { at: number; remaining: number }[], { x, y }: Scale): string =>
  stretch.map(({ at, remaining }, index) => `${index ? 'L' : 'M'}${x(at)} ${y(remaining)}`).join('');

const area = (stretch: { at: number; remaining: number }[], scale: Scale, keep: (share: number) => number): string => {
  const kept = stretch.map(({ at, remaining }) => ({ at, remaining: keep(remaining) }));
  return `${line(kept, scale)}L${scale.x(stretch.at(-1)!.at)} ${scale.y(0)}L${scale.x(stretch[0]!.at)} ${scale.y(0)}Z`;
};

/** From the last point that is known to the next one that is. */
const gaps = (points: readonly Point[], { x }: Scale): Piece =>
  points.map(({ at, remaining }, index) => {
    const [from, to] = [points[index - 1]?.at ?? at, points[index + 1]?.at ?? at];
    return (
      remaining === null &&
      html`<rect
        class="gap"
        x="${x(from)}"
        y="0"
        width="${(Number(x(to)) - Number(x(from))).toFixed(1)}"
        height="${HEIGHT}"
      />`
    );
  });

const markShape = (mark: Mark, { x, from, to }: Scale, now: number): Piece => {
  if (mark.at > to || (mark.until ?? now) < from) return null;
  const at = x(Math.max(from, mark.at));
  if (mark.kind === 'happening') return html`<path class="happening" d="M${at} 0V${HEIGHT}" />`;
  const width = Math.max(3, Number(x(Math.min(to, mark.until ?? now))) - Number(at));
  return html`<rect class="incident-mark" x="${at}" y="0" width="${width.toFixed(1)}" height="${HEIGHT}" />`;
};

/** Where the present pace leads, while it leads to the end of the budget inside the picture. */
const outlook = ({ status, points }: SloView, { x, y, to }: Scale, now: number): Piece => {
  const last = points.findLast(({ remaining }) => remaining !== null);
  const { endsAt, kind } = status.forecast;
  if (kind !== 'ends' || endsAt === null || !last || last.remaining === null || now >= to) return null;
  const share = endsAt <= to ? 1 : (to - last.at) / (endsAt - last.at);
  const end = Math.min(endsAt, to);
  return html`<path
    class="outlook"
    d="M${x(last.at)} ${y(last.remaining)}L${x(end)} ${y(last.remaining * (1 - share))}"
  />`;
};

const summary = ({ status, points }: SloView, now: number): string => {
  const known = points.filter((point) => point.remaining !== null);
  const last = known.at(-1);
  if (!last) return `Burn-down of ${status.slo.name}: no data in this window.`;
  return `Burn-down of ${status.slo.name}: ${percent(last.remaining)} of the error budget left at ${stampText(last.at, now)}, from ${percent(known[0]!.remaining)} at ${stampText(known[0]!.at, now)}.`;
};

const picture = (view: SloView, scale: Scale, now: number): Html => {
  const { points, marks, status } = view;
  const drawn = stretches(points);
  const { x, y, from, to, lowest } = scale;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${summary(view, now)}"
  >
    ${gaps(points, scale)}${marks.map((mark) => markShape(mark, scale, now))}
    <path class="grid" d="M0 ${y(0.5)}H${WIDTH}" />
    <path class="zero" d="M0 ${y(0)}H${WIDTH}" />
    ${status.slo.window.kind === 'calendar' && html`<path class="pace" d="M0 ${y(1)}L${WIDTH} ${y(0)}" />`}
    ${drawn.map((stretch) => html`<path class="left" d="${area(stretch, scale, (share) => Math.max(0, share))}" />`)}
    ${lowest < 0 && drawn.map((stretch) => html`<path class="over" d="${area(stretch, scale, (share) => Math.min(0, share))}" />`)}
    ${drawn.map((stretch) => html`<path class="line" d="${line(stretch, scale)}" />`)} ${outlook(view, scale, now)}
    ${now > from && now < to && html`<path class="now" d="M${x(now)} 0V${HEIGHT}" />`}
  </svg>`;
};

const table = (points: readonly Point[], now: number): Html => {
  const every = Math.max(1, Math.ceil(points.length / 24));
  const shown = points.filter((_, index) => index % every === 0 || index === points.length - 1);
  return html`<details class="data">
    <summary>The chart as a table</summary>
    <table>
      <caption class="unseen">
        Error budget left over time
      </caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Budget left</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ at, remaining }) =>
            html`<tr>
              <th scope="row">${stamp(at, now)}</th>
              <td class="num">${percent(remaining)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
};

const legend = (view: SloView, now: number): Piece => {
  const shown = view.marks.toSorted((a, b) => b.at - a.at).slice(0, 8);
  return html`<ul class="legend">
      <li><span class="key line"></span>Budget left</li>
      ${view.status.slo.window.kind === 'calendar' && html`<li><span class="key pace"></span>Even pace</li>`}
      ${view.status.forecast.kind === 'ends' && html`<li><span class="key outlook"></span>At the present pace</li>`}
      ${view.marks.some((mark) => mark.kind === 'incident') && html`<li><span class="key incident-mark"></span>Incident</li>`}
      ${view.marks.some((mark) => mark.kind === 'happening') && html`<li><span class="key happening"></span>Deploy or other happening</li>`}
      ${view.points.some((point) => point.remaining === null) && html`<li><span class="key gap"></span>No data</li>`}
    </ul>
    ${
      shown.length > 0 &&
      html`<ul class="marks">
        ${shown.map(
          (mark) =>
            html`<li>
              <span class="key ${mark.kind === 'incident' ? 'incident-mark' : 'happening'}"></span
              ><span class="muted">${stamp(mark.at, now)}</span> ${
                mark.href ? html`<a href="${mark.href}"><bdi>${mark.text}</bdi></a>` : html`<bdi>${mark.text}</bdi>`
              }
            </li>`,
        )}
      </ul>`
    }`;
};

/** The axis says days for long windows, times for a day. */
const tick = (at: number, scale: Scale): string =>
  scale.to - scale.from > 36 * 60 * MINUTE ? dayText(at) : stampText(at, at).replace(' UTC', '');

/** Error budget left over the window; the words stand outside of the drawing so that they keep their size on a phone. */
export const burnDown = (view: SloView, now: number): Html => {
  if (!view.points.some(({ remaining }) => remaining !== null))
    return html`<p class="empty">No data in this window yet, so there is nothing to draw.</p>`;
  const scale = scaleOf(view, now);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => scale.from + part * (scale.to - scale.from));
  return html`<figure class="chart">
    <div class="plot">
      <div class="y" aria-hidden="true">
        <span>100 %</span><span>${percent((1 + scale.lowest) / 2, 0)}</span><span>${percent(scale.lowest, 0)}</span>
      </div>
      ${picture(view, scale, now)}
      <div class="x" aria-hidden="true">${ticks.map((at) => html`<span>${tick(at, scale)}</span>`)}</div>
    </div>
    <figcaption>${legend(view, now)}</figcaption>
    ${table(view.points, now)}
  </figure>`;
};
