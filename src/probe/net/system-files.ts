import { isIP } from 'node:net';

/** `/etc/hosts`: names in lower case → addresses in their order. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/** `/etc/resolv.conf`, resolv.conf(5): what c-ares is told, and how short names are completed. */
export type ResolvConf = {
  servers: readonly string[];
  search: readonly string[];
  /** A name with fewer dots is first tried with the search domains. */
  ndots: number;
  timeoutMs: number;
  tries: number;
};

const linesOf = (text: string, comment: RegExp): string[][] =>
  text.split('\n').map((line) => line.replace(comment, '').trim().split(/\s+/));

export const parseHosts = (text: string): Hosts => {
  const hosts = new Map<string, string[]>();
  for (const [address = '', ...names] of linesOf(text, /#.*$/)) {
    const plain = address.replace(/%.*$/, '');
    if (isIP(plain) === 0) continue;
    for (const name of names) {
      const known = hosts.get(name.toLowerCase());
      if (!known) hosts.set(name.toLowerCase(), [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return hosts;
};

const numberOf = (options: readonly string[], name: string, otherwise: number, most: number): number => {
  const written = options.findLast((option) => option.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
  return /^[0-9]{1,3}$/.test(written) ? Math.min(Number(written), most) : otherwise;
};

/** Without a word on it, a server has 2 s, and is asked twice: glibc's 5 s would take all of a check's time. */
export const parseResolvConf = (text: string): ResolvConf => {
  const lines = linesOf(text, /^\s*[#;].*$/);
  const rest = (keyword: string): string[][] =>
    lines.filter(([first]) => first === keyword).map((line) => line.slice(1));
  const servers = rest('nameserver').flatMap(([server = '']) =>
    isIP(server.replace(/%.*$/, '')) === 0 ? [] : [server],
  );
  const options = rest('options').flat();
  const search = lines.findLast(([first]) => first === 'search' || first === 'domain')?.slice(1) ?? [];
  return {
    servers: servers.length > 0 ? servers : ['127.0.0.1'],
    search: search.map((domain) => domain.replace(/\.$/, '').toLowerCase()).filter((domain) => domain !== ''),
    ndots: numberOf(options, 'ndots', 1, 15),
    timeoutMs: Math.max(1, numberOf(options, 'timeout', 2, 30)) * 1_000,
    tries: Math.max(1, numberOf(options, 'attempts', 2, 5)),
  };
};

/** The full names to ask for, in order, as glibc does; a final dot means that the name is full already. */
export const candidates = (name: string, { search, ndots }: Pick<ResolvConf, 'search' | 'ndots'>): string[] => {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = search.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...completed] : [...completed, name];
};
