import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { createWindows } from '../../src/engine/windows.ts';

const NOW = Date.UTC(2026, 10, 18, 3);
const bad = (start: number) => ({ start, width: 10 * SECOND, good: 0, total: 1, covered: 10_000 });

test('a bad slot of hours ago that comes late does not make the outage of now older', () => {
  const windows = createWindows();
  windows.add('slo', bad(NOW));
  windows.add('slo', bad(NOW - 3 * HOUR));
  expect(windows.badStretch('slo')).toEqual({ from: NOW, to: NOW + 10 * SECOND });
  windows.add('slo', bad(NOW - 2 * MINUTE));
  expect(windows.badStretch('slo')).toEqual({ from: NOW - 2 * MINUTE, to: NOW + 10 * SECOND });
  windows.add('slo', bad(NOW + 4 * MINUTE));
  expect(windows.badStretch('slo')).toEqual({ from: NOW - 2 * MINUTE, to: NOW + 4 * MINUTE + 10 * SECOND });
  windows.add('slo', bad(NOW + HOUR));
  expect(windows.badStretch('slo')).toEqual({ from: NOW + HOUR, to: NOW + HOUR + 10 * SECOND });
});
