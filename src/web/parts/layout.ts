import { problemText } from '../../definition/catalog.ts';
import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { Frame } from '../view.ts';
import { icon } from './icon.ts';
import { plural } from './number.ts';
import { age } from './time.ts';

const PLACES = [
  { path: '/', name: 'Now' },
  { path: '/slos', name: 'SLOs' },
  { path: '/probes', name: 'Probes' },
  { path: '/incidents', name: 'Incidents' },
] as const;

const isHere = (place: string, path: string): boolean => {
  const bare = path.split('?')[0]!;
  return place === '/' ? bare === '/' : bare === place || bare.startsWith(`${place}/`);
};

const navigation = (frame: Frame): Html =>
  html`<nav class="places" aria-label="Pages" id="places" data-live>
    ${PLACES.map(
      ({ path, name }) =>
        html`<a href="${path}" aria-current="${isHere(path, frame.path) ? 'page' : 'false'}"
          >${name}${
            path === '/incidents' &&
            frame.openIncidents !== null &&
            frame.openIncidents > 0 &&
            html`<span class="count">${frame.openIncidents}<span class="unseen"> open</span></span>`
          }</a
        >`,
    )}
  </nav>`;

/** The running catalog is older than the files: everybody who looks must know, on every page. */
const faultyCatalog = ({ problems, now }: Frame): Piece =>
  problems &&
  html`<section class="banner watch" aria-label="Faulty definitions">
    <p>
      <strong>${icon('triangle')}The definitions on disk have ${plural(problems.problems.length, 'mistake')}</strong>
      and are ignored; Nines keeps running on the last good ones (<span>for ${age(problems.since, now)}</span>).
    </p>
    <details>
      <summary>What is wrong</summary>
      <ul class="mistakes">
        ${problems.problems.slice(0, 20).map((problem) => html`<li><code>${problemText(problem)}</code></li>`)}
      </ul>
      ${
        problems.problems.length > 20 &&
        html`<p>and ${problems.problems.length - 20} more: run <code>nines check</code></p>`
      }
    </details>
  </section>`;

/** A ladder that calls nobody is known before it is needed. */
const unreachableChannels = ({ unreachable }: Frame): Piece =>
  unreachable.length > 0 &&
  html`<section class="banner watch" aria-label="Unreachable channels">
    <p>
      <strong
        >${icon('triangle')}Nobody can be reached through
        ${unreachable.map(({ channel }) => channel).join(', ')}:</strong
      >
      ${[...new Set(unreachable.map(({ because }) => because))].join(', ')}.
    </p>
  </section>`;

/** Charts and check results begin anew, so whoever reads them must know why. */
const damagedSeries = ({ setAside }: Frame): Piece =>
  setAside.length > 0 &&
  html`<section class="banner watch" aria-label="Damaged data">
    <p>
      <strong>${icon('triangle')}Check results and charts were damaged and begin anew;</strong>
      incidents and pages are not affected. The damaged data is in
      ${setAside.map((file) => html`<code>${file}</code> `)}: restore a backup with
      <code>nines restore FILE --force</code>, or remove the file when you have seen this.
    </p>
  </section>`;

const demoLine = ({ demo }: Frame): Piece =>
  demo &&
  html`<aside class="demo" aria-label="About this demo">
    <p>
      <strong>Demo.</strong> ${demo.note} <a href="/lab">Break something in the lab</a>. On your own file:
      <code>npx nines serve --config ./slo</code>
    </p>
  </aside>`;

const footer = (frame: Frame): Html =>
  html`<footer>
    ${
      frame.csrf &&
      html`<form class="you" method="post" action="/you">
        <input type="hidden" name="csrf" value="${frame.csrf}" /><input
          type="hidden"
          name="next"
          value="${frame.path}"
        />
        <label for="you">You act as</label
        ><input id="you" name="name" value="${frame.you}" maxlength="60" autocomplete="nickname" required /><button>
          Save
        </button>
      </form>`
    }
    ${frame.signedIn && frame.csrf && html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${frame.csrf}" /><button class="quiet">Sign out</button></form>`}
    <p class="fine">
      Nines ${frame.version} · times in UTC · <a href="/runbooks">Runbooks</a> · <a href="/openapi.json">API</a>
    </p>
  </footer>`;

/** A whole page. `live` pages are refreshed in place by app.js; all of them work without it. */
export const layout = (
  frame: Frame,
  title: string,
  body: Piece,
  options: { live?: boolean; bare?: boolean } = {},
): string => {
  const { live = true, bare = false } = options;
  const counted =
    frame.openIncidents !== null && frame.openIncidents && !bare ? `(${frame.openIncidents}) ${title}` : title;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${counted} · Nines</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${frame.assets.css}" />
        <script type="module" src="${frame.assets.js}"></script>
      </head>
      <body data-now="${frame.now}" ${live && !bare ? html` data-events="/events"` : ''}>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/"
            ><svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true" focusable="false">
              <circle cx="8" cy="6" r="4.2" />
              <path d="M12.2 6c0 4-1.7 6.8-4.7 8.3" /></svg
            >Nines</a
          >
          ${!bare && navigation(frame)}
          <div class="live" id="live" hidden>
            <span id="live-state" class="live-state" role="status"></span
            ><button id="pause" type="button" class="quiet" aria-pressed="false">Pause</button>
          </div>
        </header>
        ${!bare && html`<div id="banners" data-live>${faultyCatalog(frame)}${unreachableChannels(frame)}${damagedSeries(frame)}${demoLine(frame)}</div>`}
        <main id="main" tabindex="-1">${body}</main>
        ${!bare && footer(frame)}
      </body>
    </html> `.toString();
};
