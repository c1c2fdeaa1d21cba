export const portOf = (url: URL): number =>
  url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);

/** Host and port of a URL, for sentences. */
export const placeOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;

/** The host as a socket wants it: IPv6 without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
