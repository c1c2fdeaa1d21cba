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
  'origin',
  'access-control-request-method',
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

const credentialsIn = (url: URL | null): string[] => {
  if (!url || (url.username === '' && url.password === '')) return [];
  const [user, password] = [decode(url.username), decode(url.password)];
  return [url.password, password, url.username, user, base64(`${user}:${password}`)];
};

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const authSecrets = (auth: HttpTarget['auth']): string[] => {
  switch (auth?.kind) {
    case undefined:
      return [];
    case 'basic':
      return [auth.user, auth.password, base64(`${auth.user}:${auth.password}`)];
    case 'bearer':
      return [auth.token];
    case 'oauth2':
      return [auth.clientSecret, encodeURIComponent(auth.clientSecret)];
  }
};

/** What is shorter than that stands in every other sentence by chance. */
export const SHORTEST_SECRET = 4;

/** Services such as Telegram take their token as a part of the path. Words of people have no digits, or are shorter. */
const tokensIn = ({ pathname }: URL): string[] =>
  pathname.split('/').filter((part) => part.length >= 16 && /\d/.test(part));

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
  const credentials = [
    ...authSecrets(target.auth),
    ...credentialsIn(url),
    ...credentialsIn(URL.parse(target.proxy ?? '')),
  ];
  const others: string[] = [];
  for (const [name, value] of Object.entries(target.headers)) {
    if (isOpenHeader(name.toLowerCase())) continue;
    const parts = value.split(/[\s;,=]+/);
    others.push(value, ...parts);
    if (name.toLowerCase() === 'authorization') credentials.push(value, ...parts.slice(1));
  }
  const all = [...credentials.filter(longerThan(SHORTEST_SECRET)), ...others.filter(longerThan(8))];
  if (url) all.push(...[...url.searchParams.values()].filter(longerThan(8)), ...tokensIn(url));
  return [...new Set(all.flatMap(formsOf))].sort((a, b) => b.length - a.length);
};

/** As it is, and as it stands in a text that was quoted. */
const formsOf = (secret: string): string[] => [secret, JSON.stringify(secret).slice(1, -1)];

export type Hide = (text: string) => string;

/** The secrets of one target, those that it learns while it runs with them. `isNeeded` false: it has none at all. */
export type Hiding = { isNeeded: boolean; hide: Hide; learn(secret: string): void };

const MOST_LEARNED = 8;

export const createHiding = (target: HttpTarget): Hiding => {
  const given = secretsOf(target);
  let learned: readonly string[] = [];
  return {
    isNeeded: given.length > 0 || target.auth !== null,
    hide: (text) => [...learned, ...given].reduce((hidden, secret) => hidden.replaceAll(secret, '[secret]'), text),
    // An older token may still come back in a late answer, yet not one of last week.
    learn: (secret) => {
      if (!learned.includes(secret)) learned = [...formsOf(secret), ...learned].slice(0, MOST_LEARNED);
    },
  };
};
