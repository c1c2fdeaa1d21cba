import type { Catalog, CatalogChannel } from '../definition/catalog.ts';
import { SECOND } from '../duration.ts';
import type { Channel } from '../notify/channel.ts';

export type Channels = {
  use(catalog: Catalog): void;
  get(id: string): Channel | undefined;
  all(): Channel[];
  /** Asks each of them whether it is reachable and allowed. */
  check(catalog: Catalog, deadline: (ms: number) => AbortSignal): Promise<{ id: string; ok: boolean; text: string }[]>;
};

/** The channels of the catalog in force that are configured; `make` gives null for the others. */
export const createChannels = (make: (channel: CatalogChannel) => Channel | null): Channels => {
  let channels = new Map<string, Channel>();
  return {
    use(catalog) {
      channels = new Map();
      for (const one of catalog.channels.values()) {
        const channel = make(one);
        if (channel) channels.set(one.id, channel);
      }
    },
    get: (id) => channels.get(id),
    all: () => [...channels.values()],
    check: (catalog, deadline) =>
      Promise.all(
        [...catalog.channels.values()].map(async ({ id, notConfigured }) => {
          const found = await channels.get(id)?.check(deadline(10 * SECOND));
          return { id, ...(found ?? { ok: false, text: `not configured: ${notConfigured}` }) };
        }),
      ),
  };
};
