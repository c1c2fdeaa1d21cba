import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** `12 s`, `4 min`, `3 h 5 min`, `2 d 4 h`: how long, as a person says it. app.js speaks the same words. */
export const span = (ms: number): string => {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} min`;
  const [large, small, names] = value < DAY ? [HOUR, MINUTE, ['h', 'min']] : [DAY, HOUR, ['d', 'h']];
  const rest = Math.floor((value % large) / small);
  return `${Math.floor(value / large)} ${names[0]}${rest ? ` ${rest} ${names[1]}` : ''}`;
};

/** Under an hour a countdown shows its seconds: somebody is looking at it. */
export const countdown = (ms: number): string => {
  const value = Math.max(0, ms);
  if (value < MINUTE || value >= HOUR) return span(value);
  const rest = Math.floor((value % MINUTE) / SECOND);
  return `${span(value)}${rest ? ` ${rest} s` : ''}`;
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

export const dayText = (at: number): string => {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
};

/** `14:20 UTC` today, `Thu 19 Nov 14:20 UTC` on other days. */
export const stampText = (at: number, now: number): string => {
  const date = new Date(at);
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
  const today = Math.floor(at / DAY) === Math.floor(now / DAY);
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  return today ? time : `${DAYS[date.getUTCDay()]} ${dayText(at)}${year} ${time}`;
};

const whole = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';

/** `4 min ago`, kept true by app.js; the instant itself is in the tooltip and in `datetime`. */
export const ago = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" data-time="ago" title="${whole(at)}"
    >${span(now - at)} ago</time
  >`;

/** `for 4 min` without the word: an age. */
export const age = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" data-time="age" title="since ${whole(at)}"
    >${span(now - at)}</time
  >`;

/** `in 6 min 12 s`, or `now` when it is due. */
export const until = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" data-time="until" title="${whole(at)}"
    >${at <= now ? 'now' : `in ${countdown(at - now)}`}</time
  >`;

/** The instant in UTC, to the minute. */
export const stamp = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${whole(at)}">${stampText(at, now)}</time>`;
