import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * A panel before it has a place. `key` names it for ever: its id, and with it every deep link, is made of the key alone.
 * `width` is in the 24 columns of Grafana; without it the panels of a line share what is left.
 */
export type Panel = {
  key: string;
  width?: number;
  /** Instead of the title that it was built with: where several of one make stand on one dashboard. */
  title?: string;
  links?: readonly { title: string; url: string }[];
  panel: Builder<sdk.Panel>;
};

/** Panels side by side, all of one height (30 px each), so that there is never a gap below one of them. */
export type Line = { height: number; panels: readonly Panel[] };

/** `closed` rows show their panels, and ask their queries, when somebody opens them. */
export type Row = { key: string; title: string; closed?: true; lines: readonly Line[] };

/** Height of the facts at the top, and of charts. */
export const FACT = 4;
export const CHART = 9;

/** Five or six facts in a line are what a phone can stack and an eye can take in; more go to the next lines, evenly. */
const MOST_FACTS = 6;

export const line = (height: number, ...panels: readonly Panel[]): Line => ({ height, panels });

/** Lines of at most `most` panels each, as even as can be. */
export const linesOf = (height: number, panels: readonly Panel[], most = MOST_FACTS): readonly Line[] => {
  const count = Math.ceil(panels.length / most);
  const size = Math.ceil(panels.length / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => ({
    height,
    panels: panels.slice(index * size, (index + 1) * size),
  }));
};

/** The data source that the reader picked at the top of the dashboard. */
export const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** What every panel says of itself. The description tells what to do, not only what is shown. */
export type Words = { title: string; description: string };
