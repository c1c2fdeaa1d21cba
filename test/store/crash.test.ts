import { expect, test } from 'vitest';
import { killLoop } from '../chaos/store-kill.ts';
import { emptyDirectory } from './directory.ts';

test('kill -9 at any moment loses no acknowledged commit and leaves none by half', async () => {
  const dir = emptyDirectory();
  const { acknowledged, faults } = await killLoop(dir, 5, (round) =>
    round === 2 ? { after: 'start', ms: 60 } : { after: 'open', ms: 17 + Math.random() * 150 },
  );
  expect(faults).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
});
