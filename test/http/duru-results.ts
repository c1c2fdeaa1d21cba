import { DAY, SECOND } from '../../src/duration.ts';
import type { StoredResult } from '../../src/store/store.ts';
import { NOW } from './now.ts';

const FOUND = { location: 'main', address: null, degraded: false, attempts: 1, readings: '{}', stalledMs: 0 };

export const storedResults = (probe: string, failing: number): StoredResult[] =>
  Array.from({ length: 50 }, (_, index) => {
    const failed = index < failing;
    return {
      probe,
      at: NOW - 6 * SECOND - index * 10 * SECOND,
      durationMs: failed ? 31 + (index % 3) : 84 + ((index * 37) % 61),
      outcome: failed ? 'fail' : index === 31 ? 'unknown' : 'pass',
      reason: failed ? 'status' : index === 31 ? 'paused' : 'ok',
      detail: failed ? 'status was 503, expected 2xx' : '',
      status: failed ? 503 : 200,
      phases: JSON.stringify({ resolve: 2, connect: 11, tls: 23, processing: failed ? 4 : 46, transfer: 3 }),
      certificateExpiresAt: NOW + 11 * DAY,
      ...FOUND,
    };
  });
