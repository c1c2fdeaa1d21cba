import { isForbiddenAddress } from '../../probe/net/addresses.ts';
import { isIP } from 'node:net';
import type { Reach } from '../../probe/targets.ts';

const plain = (host: string): string => host.replace(/^\[|\]$/g, '');

/** `host:port` in its canonical form: `2130706433:80` and `127.0.0.1:80` are one. Null when it is none. */
export const hostPort = (text: string): { host: string; address: string } | null => {
  const url = /^[^/?#@\s]+:\d{1,5}$/.test(text) ? URL.parse(`tcp://${text}`) : null;
  // Only special schemes read numbers as addresses; without a port of its own the scheme's would be cut away.
  const web = url && URL.parse(`http://${url.hostname}/`);
  if (!url || !web || url.port === '') return null;
  return { host: plain(web.hostname), address: `${web.hostname}:${url.port}` };
};

/** A host as a resolver would read it: numbers become the address they are. Null when it is none. */
export const hostOf = (text: string): string | null => {
  if (isIP(plain(text)) > 0) return plain(text);
  const url = /^[^/?#@:\s]+$/.test(text) ? URL.parse(`http://${text}/`) : null;
  return url && plain(url.hostname);
};

/**
 * An address that the caller wrote is no permission, unlike one in a definition: link-local and metadata addresses need
 * `allow`. Names are judged by what they lead to, when the check connects.
 */
export const mayVisit = (host: string, allow: Reach['allow']): boolean =>
  isIP(host) === 0 || allow.includes('metadata') || !isForbiddenAddress(host);
