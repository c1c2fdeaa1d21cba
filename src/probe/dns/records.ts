import type { CaaRecord, Resolver } from 'node:dns';
import { isIPv6, SocketAddress } from 'node:net';
import type { DnsTarget } from '../targets.ts';

type Type = DnsTarget['type'];
type Done = (error: NodeJS.ErrnoException | null, answers: readonly string[], serial?: number) => void;

/** Names are the same in any case, and with or without the dot of the root. */
const nameText = (name: string): string => name.toLowerCase().replace(/(?<=.)\.$/, '');

const addressText = (address: string): string =>
  isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;

// Node puts the tag of the record as a key beside `critical` and `type`.
const caaText = (record: CaaRecord): string => {
  const [tag, value] = Object.entries(record).find(([key]) => key !== 'critical' && key !== 'type') ?? ['', ''];
  return `${record.critical} ${tag} "${String(value)}"`;
};

/** Asks for records of one type; each comes as one text, written as in a zone file without its owner. */
export const ask = (resolver: Resolver, name: string, type: Type, done: Done): void => {
  const texts =
    <T>(text: (record: T) => string) =>
    (error: NodeJS.ErrnoException | null, records: readonly T[] | undefined): void =>
      done(error, error || !records ? [] : records.map(text));
  switch (type) {
    case 'A':
      return resolver.resolve4(name, texts(String));
    case 'AAAA':
      return resolver.resolve6(name, texts(addressText));
    case 'CNAME':
      return resolver.resolveCname(name, texts(nameText));
    case 'NS':
      return resolver.resolveNs(name, texts(nameText));
    case 'PTR':
      return resolver.resolvePtr(reverseName(name), texts(nameText));
    case 'MX':
      return resolver.resolveMx(
        name,
        texts(({ priority, exchange }) => `${priority} ${nameText(exchange)}`),
      );
    case 'SRV':
      return resolver.resolveSrv(
        name,
        texts(({ priority, weight, port, name: host }) => `${priority} ${weight} ${port} ${nameText(host)}`),
      );
    case 'TXT':
      return resolver.resolveTxt(
        name,
        texts((chunks) => chunks.join('')),
      );
    case 'CAA':
      return resolver.resolveCaa(name, texts(caaText));
    case 'SOA':
      return resolver.resolveSoa(name, (error, soa) => {
        if (error) return done(error, []);
        const { nsname, hostmaster, serial, refresh, retry, expire, minttl } = soa;
        const numbers = [serial, refresh, retry, expire, minttl].join(' ');
        done(null, [`${nameText(nsname)} ${nameText(hostmaster)} ${numbers}`], serial);
      });
  }
};

/** A written answer in the form that `ask` gives, so that both can be compared. */
export const canonical = (text: string, type: Type): string => {
  if (type === 'TXT' || type === 'CAA' || type === 'A') return text;
  if (type === 'AAAA') return addressText(text);
  return text.trim().split(/\s+/).map(nameText).join(' ');
};

const groupsOf = (address: string): string => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
};

/** The name that PTR records of an address stand at (RFC 1035 3.5, RFC 3596 2.5); a name stays as it is. */
export const reverseName = (text: string): string => {
  if (/^\d+(?:\.\d+){3}$/.test(text)) return `${text.split('.').toReversed().join('.')}.in-addr.arpa`;
  return isIPv6(text) ? `${groupsOf(text).split('').toReversed().join('.')}.ip6.arpa` : text;
};
