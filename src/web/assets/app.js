// Keeps an open page true: the same HTML the server would send, put in place, and clocks that tick.
// Without it every page works; a reload shows what it would have shown.

/** @typedef {'live' | 'paused' | 'lost' | 'offline'} Link */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The server's clock decides: a phone's may be wrong. */
const skew = Number(document.body.dataset['now'] ?? Date.now()) - Date.now();

/** Same words as parts/time.ts. @param {number} ms */
const span = (ms) => {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} min`;
  const large = value < DAY ? HOUR : DAY;
  const small = value < DAY ? MINUTE : HOUR;
  const rest = Math.floor((value % large) / small);
  return `${Math.floor(value / large)} ${value < DAY ? 'h' : 'd'}${rest ? ` ${rest} ${value < DAY ? 'min' : 'h'}` : ''}`;
};

/** @param {number} ms */
const countdown = (ms) => {
  const rest = Math.floor((ms % MINUTE) / SECOND);
  return ms < MINUTE || ms >= HOUR || rest === 0 ? span(ms) : `${span(ms)} ${rest} s`;
};

/** @param {string | undefined} kind @param {number} at @param {number} now */
const words = (kind, at, now) => {
  if (kind === 'until') return at <= now ? 'now' : `in ${countdown(at - now)}`;
  return kind === 'ago' ? `${span(now - at)} ago` : span(now - at);
};

const tick = () => {
  const now = Date.now() + skew;
  for (const time of document.querySelectorAll('time[data-time]')) {
    if (!(time instanceof HTMLTimeElement)) continue;
    const text = words(time.dataset['time'], Date.parse(time.dateTime), now);
    if (time.textContent !== text) time.textContent = text;
  }
};

/** Somebody is in the middle of something here. @param {Element} element */
const isBusy = (element) => {
  const focused = document.activeElement;
  const typing = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement;
  return typing && element.contains(focused);
};

/** What was opened by hand stays open. @param {Element} from @param {Element} to */
const keepOpen = (from, to) => {
  const fresh = to.querySelectorAll('details');
  for (const [index, details] of from.querySelectorAll('details').entries()) {
    const same = fresh[index];
    if (same) same.open = details.open;
  }
};

/** @type {Map<string, string>} What the server sent last, because the clocks change what stands on the page. */
const sent = new Map();
for (const element of document.querySelectorAll('[data-live][id]')) sent.set(element.id, element.outerHTML);

/** @param {Document} fresh */
const replace = (fresh) => {
  for (const element of document.querySelectorAll('[data-live][id]')) {
    const next = fresh.getElementById(element.id);
    if (!next || isBusy(element) || sent.get(element.id) === next.outerHTML) continue;
    sent.set(element.id, next.outerHTML);
    const focused = document.activeElement;
    const focusId = focused && element.contains(focused) ? focused.id || focused.getAttribute('href') : null;
    keepOpen(element, next);
    element.replaceWith(document.adoptNode(next));
    if (focusId === null) continue;
    const same =
      document.getElementById(focusId) ??
      [...next.querySelectorAll('a')].find((link) => link.getAttribute('href') === focusId);
    same?.focus({ preventScroll: true });
  }
  document.title = fresh.title;
};

const bar = document.getElementById('live');
const state = document.getElementById('live-state');
const pause = document.getElementById('pause');

const WORDS = { live: 'Live', paused: 'Paused', lost: 'Connection lost', offline: 'Signed out' };

/** @param {Link} link */
const show = (link) => {
  if (!state || state.textContent === WORDS[link]) return;
  state.textContent = WORDS[link];
  state.className = `live-state ${link}`;
};

let paused = false;
let wanted = false;
let running = false;

const again = () => wanted && !paused;

/** One at a time, and once more when something changed meanwhile. */
const refresh = async () => {
  wanted = true;
  if (running || paused || document.hidden) return;
  running = true;
  try {
    do {
      wanted = false;
      const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
      if (answer.redirected && new URL(answer.url).pathname === '/login') return show('offline');
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      await new Promise((resolve) => setTimeout(resolve, SECOND));
      // A click or an event may have changed both while we waited.
    } while (again());
  } catch {
    show('lost');
  } finally {
    running = false;
  }
};

/** @param {string} path */
const listen = (path) => {
  const source = new EventSource(path);
  let opened = false;
  source.addEventListener('open', () => {
    show(paused ? 'paused' : 'live');
    // What happened while the line was down came with no event if the server is a new one.
    if (opened) void refresh();
    opened = true;
  });
  source.addEventListener('error', () => show('lost'));
  for (const name of ['change', 'resync']) source.addEventListener(name, () => void refresh());
  document.addEventListener('visibilitychange', () => void (document.hidden || !wanted || refresh()));
  pause?.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    show(paused ? 'paused' : source.readyState === EventSource.OPEN ? 'live' : 'lost');
    if (!paused) void refresh();
  });
  if (bar) bar.hidden = false;
};

setInterval(tick, SECOND);
const path = document.body.dataset['events'];
if (path) listen(path);
