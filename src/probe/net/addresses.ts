import { BlockList, isIP } from 'node:net';

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
// Metadata doors outside link-local: Alibaba, Azure, Oracle, AWS over IPv6.
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('::', 'ipv6');

const own = new BlockList();
own.addSubnet('127.0.0.0', 8, 'ipv4');
own.addSubnet('10.0.0.0', 8, 'ipv4');
own.addSubnet('172.16.0.0', 12, 'ipv4');
own.addSubnet('192.168.0.0', 16, 'ipv4');
// Carrier-grade NAT, RFC 6598.
own.addSubnet('100.64.0.0', 10, 'ipv4');
own.addAddress('::1', 'ipv6');
// Unique local, RFC 4193; site-local before it; NAT64 for local use, RFC 8215.
own.addSubnet('fc00::', 7, 'ipv6');
own.addSubnet('fec0::', 10, 'ipv6');
own.addSubnet('64:ff9b:1::', 48, 'ipv6');

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): number[] => {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const pair = (high: string, low: string): string => ((Number(high) << 8) | Number(low)).toString(16);
  const [, start = '', a = '', b = '', c = '', d = ''] = dotted ?? [];
  const plain = dotted ? `${start}${pair(a, b)}:${pair(c, d)}` : address;
  const [before = '', after] = plain.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(before), groups(after ?? '')];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
};

const IPV4_AT_END: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0xffff], // mapped
  [0, 0, 0, 0, 0xffff, 0], // translated, RFC 2765
  [0x64, 0xff9b, 0, 0, 0, 0], // NAT64, RFC 6052
];

/** The IPv4 address that an IPv6 one carries to its other end; null when it carries none. */
const carried = (address: string): string | null => {
  const groups = groupsOf(address);
  const dotted = (at: number): string => {
    const [high = 0, low = 0] = groups.slice(at, at + 2);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  };
  // Compatible, RFC 4291; `::` and `::1` are none.
  if (groups.slice(0, 6).every((group) => group === 0) && groups[6] !== 0) return dotted(6);
  if (groups[0] === 0x2002) return dotted(1); // 6to4, RFC 3056
  return IPV4_AT_END.some((prefix) => prefix.every((group, index) => groups[index] === group)) ? dotted(6) : null;
};

const isListed = (list: BlockList, address: string): boolean => {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version !== 6) return version === 4 && list.check(plain, 'ipv4');
  const inside = carried(plain);
  return list.check(plain, 'ipv6') || (inside !== null && list.check(inside, 'ipv4'));
};

const MAX_KEPT = 10_000;

/** A block list makes an object for each address that it is asked for; a prober asks for the same ones all day. */
const createJudge = (list: BlockList): ((address: string) => boolean) => {
  const kept = new Map<string, boolean>();
  return (address) => {
    const known = kept.get(address);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT) kept.clear();
    const verdict = isListed(list, address);
    kept.set(address, verdict);
    return verdict;
  };
};

/** True for link-local and cloud metadata addresses: a target must not send us there (server-side request forgery). */
export const isForbiddenAddress = createJudge(forbidden);

/** True for loopback, private, carrier-grade NAT and unique local addresses: they mean another host in each network. */
export const isPrivateAddress = createJudge(own);

const PRIVATE_ENDINGS = [
  '.local',
  '.internal',
  '.lan',
  '.home.arpa',
  '.intranet',
  '.corp',
  '.svc',
  '.cluster.local',
  '.test',
  '.example',
  '.localhost',
];

/** True for a name that nobody outside can own: without a dot, or under an ending that is kept for own networks. */
export const isPrivateName = (name: string): boolean => {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return !plain.includes('.') || PRIVATE_ENDINGS.some((ending) => plain.endsWith(ending));
};
