/** Where a check connects: a name or an address without brackets, and a port. */
export type Address = { host: string; port: number };

const WITH_PORT = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]/?#@]+)):(\d{1,5})$/;

/** `db.example.org:5432`, `192.0.2.1:25` or `[2001:db8::1]:25`; undefined when the text is something else. */
export const parseAddress = (text: string): Address | undefined => {
  const [, bracketed, plain, port] = WITH_PORT.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || host.startsWith('-') || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host, port: Number(port) };
};

/** As people and URLs write it. */
export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
