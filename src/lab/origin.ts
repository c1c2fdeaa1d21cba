import type { IncomingHttpHeaders } from 'node:http';

const hostname = (host: string): string | null =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : null;

/** `127.0.0.1:9701`, `localhost`, `[::1]:9701`, `::1`. */
export const isLoopback = (host: string): boolean => {
  const name = hostname(host === '::1' ? '[::1]' : host);
  return name === 'localhost' || name === '[::1]' || (name !== null && /^127(\.\d+){3}$/.test(name));
};

/**
 * Whether a change was asked for by the lab's own page or by a program, and not by a page elsewhere that a browser on
 * this machine has open. Behind Nines the page's host is in X-Forwarded-Host, which no foreign page can set.
 */
export const ownOrigin = (headers: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  const forwarded = headers['x-forwarded-host'];
  return host === headers.host || host === forwarded || isLoopback(host);
};

/** A name that only a rebound DNS entry leads to this machine must not reach the lab. */
export const reachedByLoopback = (headers: IncomingHttpHeaders): boolean =>
  headers.host === undefined || isLoopback(headers.host);
