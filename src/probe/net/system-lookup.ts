import { lookup } from 'node:dns';

/** getaddrinfo: every source of the machine, nsswitch and mDNS among them. `family` 0 = both. */
export type SystemLookup = (name: string, family: 0 | 4 | 6) => Promise<readonly string[]>;

/** libuv lets so many run at once; what waits there cannot be told from what runs. */
const AT_ONCE = 2;

const getAddresses = (name: string, family: 0 | 4 | 6): Promise<readonly string[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  lookup(name, { all: true, family }, (error, found) => {
    if (error) reject(error);
    else resolve(found.map(({ address }) => address));
  });
  return promise;
};

/** Runs two look-ups at a time, in the order of asking; equal ones share a turn. */
export const createSystemLookup = (look: SystemLookup = getAddresses): SystemLookup => {
  const pending = new Map<string, Promise<readonly string[]>>();
  const queue: (() => void)[] = [];
  let running = 0;

  const turn = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (running < AT_ONCE) {
      running++;
      resolve();
    } else queue.push(resolve);
    return promise;
  };
  const passOn = (): void => {
    const next = queue.shift();
    if (next) next();
    else running--;
  };
  const run = async (key: string, name: string, family: 0 | 4 | 6): Promise<readonly string[]> => {
    await turn();
    try {
      return await look(name, family);
    } finally {
      pending.delete(key);
      passOn();
    }
  };

  return (name, family) => {
    const key = `${family} ${name}`;
    const asked = pending.get(key) ?? run(key, name, family);
    pending.set(key, asked);
    return asked;
  };
};
