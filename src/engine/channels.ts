import type { Clock } from '../clock.ts';
import type { Catalog, CatalogChannel } from '../definition/catalog.ts';
import { SECOND } from '../duration.ts';
import type { Channel } from '../notify/channel.ts';
import type { Nines } from './nines.ts';

/** The channels of the catalog in force that are configured. */
export type Channels = {
  use(catalog: Catalog): void;
  get(id: string): Channel | undefined;
  /** Those that some policy falls back on. */
  fallbacks(): Channel[];
  check: Nines['channels'];
};

export const createChannels = (parts: {
  clock: Clock;
  catalog: () => Catalog;
  channel: (channel: CatalogChannel) => Channel | null;
}): Channels => {
  let channels = new Map<string, Channel>();
  return {
    use(catalog) {
      channels = new Map();
      for (const one of catalog.channels.values()) {
        const channel = parts.channel(one);
        if (channel) channels.set(one.id, channel);
      }
    },
    get: (id) => channels.get(id),
    fallbacks() {
      const ids = new Set([...parts.catalog().policies.values()].map(({ fallback }) => fallback));
      return [...channels.values()].filter(({ id }) => ids.has(id));
    },
    check: () =>
      Promise.all(
        [...parts.catalog().channels.values()].map(async ({ id, notConfigured }) => {
          const found = await channels.get(id)?.check(parts.clock.timeoutSignal(10 * SECOND));
          return { id, ...(found ?? { ok: false, text: `not configured: ${notConfigured}` }) };
        }),
      ),
  };
};
