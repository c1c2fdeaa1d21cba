import { expect, test } from 'vitest';
import { createLocationSeries } from '../../src/metrics/location-series.ts';
import { createSeries } from '../../src/metrics/series.ts';

const words = [
  { location: 'main', outcome: 'pass' as const },
  { location: 'frankfurt', outcome: 'fail' as const },
  { location: 'virginia', outcome: 'silent' as const },
];
const fleet = (size: number) =>
  Array.from({ length: size }, (_, index) => ({
    probe: { id: `shop/edge/site-${index}`, system: 'shop', environment: 'production', service: 'edge' },
    words,
  }));

const textOf = async (series: ReturnType<typeof createSeries>): Promise<string> => {
  let text = '';
  for await (const piece of series.write()) text += piece;
  return text;
};

test('what the locations of a large fleet see is taken in with a breath after each', async () => {
  const series = createSeries();
  const locations = createLocationSeries(series);
  let breaths = 0;
  await locations.update([], fleet(500), async () => void breaths++);
  expect(breaths).toBe(1_500);
  const text = await textOf(series);
  expect(text).toContain('probe="site-499",location="main"} 1\n');
  expect(text).toContain('probe="site-499",location="frankfurt"} 0\n');
  expect(text).not.toContain('virginia');
});

test('a probe that is gone, and a location that fell silent, are no longer exported', async () => {
  const series = createSeries();
  const locations = createLocationSeries(series);
  await locations.update([{ name: 'frankfurt', lastSeenAt: 5_000, offsetMs: 20, dropped: 0 }], fleet(2));
  await locations.update(
    [],
    fleet(1).map(({ probe }) => ({ probe, words: [{ location: 'main', outcome: 'silent' }] })),
  );
  expect((await textOf(series)).split('\n').filter((line) => line.startsWith('nines_'))).toEqual([]);
});
