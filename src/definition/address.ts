/** Where a check connects: a name or an address without brackets, and a port. */
export type Address = { host: string; port: number };

const WITH_PORT = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]/?#@]+)):(\d{1,5})$/;
const NAME_OR_V4 = /^[^\s:[\]/?#@-][^\s:[\]/?#@]*$/;
const V6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/;

/** `db.example.org:5432`, `192.0.2.1:25` or `[2001:db8::1]:25`; undefined when the text is something else. */
export const parseAddress = (text: string): Address | undefined => {
  const [, bracketed, plain, port] = WITH_PORT.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || host.startsWith('-') || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host, port: Number(port) };
};

/** A name or an address alone, which no program could take for an option. */
export const isHost = (text: string): boolean => NAME_OR_V4.test(text) || V6.test(text);

const DNS_PORT = 53;

/** A name server: as an address, or without a port, or an IPv6 address without brackets. */
export const parseServer = (text: string): Address | undefined =>
  parseAddress(text) ?? (isHost(text) ? { host: text, port: DNS_PORT } : undefined);

/** As people and URLs write it. */
export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
