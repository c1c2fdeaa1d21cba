import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty directory that is gone after the test. */
export const emptyDirectory = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
