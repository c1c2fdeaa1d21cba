import { SECOND } from '../../src/duration.ts';
import { start, type Story } from '../harness/nines.ts';
import type { PastSeries, Point } from './past.ts';

export const SCRAPE = 15 * SECOND;

/** A probe's answers by the ms since the story began. */
export type Life = (since: number) => 'passes' | 'fails' | 'is silent';

/** From when to when an alert fired, by a name of its own; `to` is null while it still does. */
export type Fired = { name: string; from: number; to: number | null };

export type Lived = {
  from: number;
  to: number;
  /** All that a Prometheus would have scraped of `/metrics`, every 15 s. */
  scraped: PastSeries[];
  /** What the embedded evaluator fired, looked at with every scrape. */
  fired: readonly Fired[];
  catalog: ReturnType<Story['app']['nines']['catalog']>;
};

type Scraped = Map<string, { name: string; labels: Record<string, string>; points: Point[] }>;

const LINE = /^([a-z_:]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;

const scrape = (text: string, at: number, into: Scraped): void => {
  for (const line of text.split('\n')) {
    const [, name, inside = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const key = `${name}{${inside}}`;
    let series = into.get(key);
    if (!series) {
      const labels = Object.fromEntries([...inside.matchAll(LABEL)].map(([, label = '', said = '']) => [label, said]));
      into.set(key, (series = { name, labels, points: [] }));
    }
    series.points.push([at, Number(value)]);
  }
};

/** Alerts that fire now, named as Prometheus would name them. */
const firing = (story: Story): string[] =>
  story.app.nines
    .alerts()
    .filter(({ status }) => status === 'firing')
    .map(({ identity: { service, kind, subject, tier, labels } }) =>
      [service, kind, subject, tier ?? labels?.['missing'] ?? ''].join(' ').trim(),
    );

/** Lets the whole product live through `forMs` on a clock moved by hand, and keeps what a Prometheus would see of it. */
export const live = async (
  files: Readonly<Record<string, string>>,
  lives: Readonly<Record<string, Life>>,
  forMs: number,
): Promise<Lived> => {
  const from = Date.UTC(2026, 10, 17, 6);
  const story = await start({ files, start: from, history: [] });
  const scraped: Scraped = new Map();
  const fired: Fired[] = [];
  try {
    for (const [probe, life] of Object.entries(lives)) story.target(probe, () => life(story.clock.now() - from));
    for (let at = from + SCRAPE; at <= from + forMs; at += SCRAPE) {
      await story.pass('15s', '5s');
      scrape(await story.metrics(), at, scraped);
      const now = new Set(firing(story));
      for (const one of fired) if (one.to === null && !now.has(one.name)) one.to = at;
      for (const name of now)
        if (!fired.some((one) => one.name === name && one.to === null)) fired.push({ name, from: at, to: null });
    }
    return { from, to: from + forMs, scraped: [...scraped.values()], fired, catalog: story.app.nines.catalog() };
  } finally {
    await story.stop();
  }
};
