import type { HttpTarget } from '../targets.ts';

const OPEN_HEADERS = new Set([
  'host',
  'user-agent',
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'pragma',
  'content-type',
  'content-length',
  'connection',
]);

/** Headers that hold no credential. Everything else might, whatever its name: it never crosses origins. */
export const isOpenHeader = (name: string): boolean => OPEN_HEADERS.has(name);

/** A URL as people may see it: no user, no password, no query. */
export const shownUrl = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

/** Percent-decoded, or as it is when that is impossible. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const longerThan =
  (least: number) =>
  (text: string): boolean =>
    text.length >= least;

/**
 * Texts of a target that no detail may show, even if the target echoes them; longest first. Short values of other
 * headers and of the query stay visible: words such as `true` say more as a fact about the answer than as a secret.
 */
export const secretsOf = (target: HttpTarget): readonly string[] => {
  const url = URL.parse(target.url);
  const credentials = url ? [url.password, decode(url.password), url.username, decode(url.username)] : [];
  const others: string[] = [];
  for (const [name, value] of Object.entries(target.headers)) {
    if (isOpenHeader(name.toLowerCase())) continue;
    const parts = value.split(/[\s;,=]+/);
    others.push(value, ...parts);
    if (name.toLowerCase() === 'authorization') credentials.push(value, ...parts.slice(1));
  }
  const all = [...credentials.filter(longerThan(4)), ...others.filter(longerThan(8))];
  if (url) all.push(...[...url.searchParams.values()].filter(longerThan(8)));
  return [...new Set(all)].sort((a, b) => b.length - a.length);
};

export const hideSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[secret]'), text);
