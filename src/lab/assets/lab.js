// @ts-check
// Exchanges the live parts of the page as they change. Without JavaScript the page works by reloading.

const REFRESH_MS = 1500;
const live = /** @type {HTMLElement} */ (document.getElementById('live'));
/** @type {Map<string, string>} What the server last sent, by part: the page's own copy changes when details are opened. */
const received = new Map();
/** @type {Set<string>} */
const arrived = new Set();

const parts = () => [...document.querySelectorAll('[data-live]')];

for (const part of parts()) received.set(part.id, part.innerHTML);
for (const item of document.querySelectorAll('[data-arrival]')) arrived.add(item.id);

/** @param {Element} part @param {Element} fresh */
const exchange = (part, fresh) => {
  const focused = document.activeElement?.id;
  const open = new Map([...part.querySelectorAll('details')].map((details) => [details.id, details.open]));
  part.replaceChildren(...fresh.childNodes);
  for (const details of part.querySelectorAll('details')) details.open = open.get(details.id) ?? details.open;
  for (const item of part.querySelectorAll('[data-arrival]')) {
    if (!arrived.has(item.id)) item.classList.add('arrived');
    arrived.add(item.id);
  }
  if (focused && document.activeElement?.id !== focused)
    document.getElementById(focused)?.focus({ preventScroll: true });
};

const refresh = async () => {
  try {
    const response = await fetch('/lab', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === received.get(part.id)) continue;
      received.set(part.id, fresh.innerHTML);
      exchange(part, fresh);
    }
    live.textContent = '';
  } catch {
    live.textContent = 'The lab does not answer. Trying again.';
  }
};

const loop = async () => {
  if (!document.hidden) await refresh();
  setTimeout(() => void loop(), REFRESH_MS);
};

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
const send = async (form, submitter) => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === 'string') body.append(name, value);
  await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined);
  await refresh();
};

document.addEventListener('submit', (event) => {
  event.preventDefault();
  void send(/** @type {HTMLFormElement} */ (event.target), event.submitter);
});

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
setTimeout(() => void loop(), REFRESH_MS);
