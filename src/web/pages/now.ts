import { MINUTE } from '../../duration.ts';
import type { SloState } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { icon } from '../parts/icon.ts';
import type { IconName } from '../parts/icon.ts';
import { incidentCard } from '../parts/incident-card.ts';
import { layout } from '../parts/layout.ts';
import { plural } from '../parts/number.ts';
import { sloCard } from '../parts/slo-list.ts';
import { PROBE_LOOKS, SLO_LOOKS, SLO_ORDER, badge } from '../parts/state.ts';
import type { Look, Tone } from '../parts/state.ts';
import { ago, stamp } from '../parts/time.ts';
import { PROBE_STATES } from '../view.ts';
import type { Frame, NowView } from '../view.ts';

const WORRYING: ReadonlySet<SloState> = new Set(['missed', 'at-risk', 'unknown', 'no-data']);
/** Without anything new for this long, what the page shows is history. */
const OLD_DATA_MS = 5 * MINUTE;

const worstFirst = (view: NowView): NowView['incidents'] =>
  view.incidents.toSorted(
    (a, b) =>
      Number(b.incident.acknowledged === null) - Number(a.incident.acknowledged === null) ||
      Number(b.incident.severity === 'critical') - Number(a.incident.severity === 'critical') ||
      (b.incident.level ?? 0) - (a.incident.level ?? 0) ||
      a.incident.openedAt - b.incident.openedAt,
  );

const VERDICT_ICONS: Record<Tone, IconName> = {
  good: 'check',
  watch: 'triangle',
  bad: 'bell',
  held: 'person',
  blind: 'question',
  off: 'slash',
};

/** The one sentence that somebody woken up needs. */
const verdict = (view: NowView, newest: number | null, now: number): { text: string; tone: Tone } => {
  const free = view.incidents.filter(
    ({ incident }) => incident.acknowledged === null && incident.state === 'triggered',
  ).length;
  if (free > 0) return { text: `${plural(free, 'incident')} ${free === 1 ? 'needs' : 'need'} somebody`, tone: 'bad' };
  if (view.incidents.length > 0)
    return { text: `${plural(view.incidents.length, 'open incident')}, taken care of`, tone: 'held' };
  const down = view.probes.get('down') ?? 0;
  const isDown = {
    text: `${plural(down, 'probe')} ${down === 1 ? 'is' : 'are'} down, nobody is paged`,
    tone: 'watch',
  } as const;
  if (newest === null) return down > 0 ? isDown : { text: 'Nothing is known yet', tone: 'blind' };
  if (now - newest > OLD_DATA_MS) return { text: 'Nothing is known: the data is old', tone: 'blind' };
  const blind = view.slos.filter(({ state }) => state === 'no-data' || state === 'unknown').length;
  const risky = view.slos.filter(({ state }) => state === 'at-risk' || state === 'missed').length;
  if (risky > 0) return { text: `No incident, ${plural(risky, 'SLO')} at risk or missed`, tone: 'watch' };
  if (down > 0) return isDown;
  if (blind > 0) return { text: `No incident, ${plural(blind, 'SLO')} without enough data`, tone: 'blind' };
  return { text: 'All is well', tone: 'good' };
};

type Count = { look: Look; number: number; href: string };

const countList = (title: string, counts: readonly Count[]): Piece =>
  counts.some(({ number }) => number > 0) &&
  html`<h3>${title}</h3>
    <ul class="counts">
      ${counts.map(
        ({ look, number, href }) =>
          number > 0 &&
          html`<li>
            <a href="${href}"><span class="big">${number}</span>${badge(look)}</a>
          </li>`,
      )}
    </ul>`;

const counts = ({ slos, probes }: NowView): Html =>
  html`<section id="counts" data-live aria-labelledby="counts-title">
    <h2 id="counts-title" class="unseen">Everything</h2>
    ${countList(
      plural(slos.length, 'SLO'),
      SLO_ORDER.map((state) => ({
        look: SLO_LOOKS[state],
        number: slos.filter((status) => status.state === state).length,
        href: `/slos?state=${state}`,
      })),
    )}
    ${countList(
      plural(
        [...probes.values()].reduce((sum, number) => sum + number, 0),
        'probe',
      ),
      PROBE_STATES.map((state) => ({
        look: PROBE_LOOKS[state],
        number: probes.get(state) ?? 0,
        href: `/probes?state=${state}`,
      })),
    )}
  </section>`;

const atRisk = (view: NowView): Piece => {
  const worrying = view.slos
    .filter(({ state }) => WORRYING.has(state))
    .sort(
      (a, b) =>
        SLO_ORDER.indexOf(a.state) - SLO_ORDER.indexOf(b.state) ||
        (a.budget.remaining ?? 0) - (b.budget.remaining ?? 0),
    );
  return html`<section id="at-risk" data-live aria-labelledby="risk-title">
    <h2 id="risk-title">SLOs to look at</h2>
    ${
      worrying.length === 0
        ? html`<p class="empty">
            ${view.slos.length === 0 ? 'No SLO is defined.' : html`${icon('check')}Every objective with data is on its way to be met.`}
          </p>`
        : html`<ul class="slos">
              ${worrying.slice(0, 8).map((status) => sloCard(status))}
            </ul>
            ${worrying.length > 8 && html`<p><a href="/slos">All ${worrying.length} of them</a></p>`}`
    }
  </section>`;
};

/** Every tier of an SLO fires and is silenced on its own; whoever looks wants the SLO once, since the first. */
const onePerSubject = (silenced: NowView['silenced']): NowView['silenced'] => {
  const subjects = new Map<string, NowView['silenced'][number]>();
  for (const one of silenced.toSorted((a, b) => a.since - b.since)) {
    const { system, service, subject } = one.alert.identity;
    const key = `${system}/${service}/${subject}`;
    if (!subjects.has(key)) subjects.set(key, one);
  }
  return [...subjects.values()];
};

/** What calls nobody would else be seen by nobody. It stands empty where there is nothing, so that news finds its place. */
const goodToKnow = ({ infos, silenced }: NowView, now: number): Html =>
  html`<section
    id="infos"
    data-live
    aria-labelledby="infos-title"
    ${infos.length + silenced.length === 0 && html`hidden`}
  >
    <h2 id="infos-title">Good to know</h2>
    <dl class="pairs">
      ${infos.map(
        ({ identity, title, detail, since }) =>
          html`<div>
            <dt><bdi>${identity.system}/${identity.service}: ${title}</bdi></dt>
            <dd><bdi>${detail}</bdi>, since ${stamp(since, now)}</dd>
          </div>`,
      )}
      ${onePerSubject(silenced).map(
        ({ alert: { identity, title }, because, since }) =>
          html`<div>
            <dt><bdi>${identity.system}/${identity.service}: ${title}</bdi></dt>
            <dd>Silenced ${stamp(since, now)}: <bdi>${because}</bdi></dd>
          </div>`,
      )}
    </dl>
  </section>`;

export const nowPage = (frame: Frame, view: NowView): string => {
  const { now } = frame;
  const ages = view.slos.flatMap(({ lastDataAt }) => (lastDataAt === null ? [] : [lastDataAt]));
  const newest = ages.length > 0 ? Math.max(...ages) : null;
  const { text, tone } = verdict(view, newest, now);
  return layout(
    frame,
    'Now',
    html`<div id="verdict" data-live class="headline ${tone}">
        <h1>${icon(VERDICT_ICONS[tone])}${text}</h1>
        <p class="muted">
          ${newest === null ? 'No data has arrived yet' : html`Newest data ${ago(newest, now)}`}
          ${newest !== null && now - newest > OLD_DATA_MS && badge({ word: 'Stale', icon: 'clock', tone: 'blind' })}
        </p>
      </div>
      <section id="open" data-live aria-labelledby="open-title">
        <h2 id="open-title" class="unseen">Open incidents</h2>
        ${
          view.incidents.length === 0
            ? html`<p class="empty">No incident is open.</p>`
            : worstFirst(view).map((line) => incidentCard(frame, line))
        }
      </section>
      ${atRisk(view)} ${goodToKnow(view, now)} ${counts(view)}`,
  );
};
