import { createServer } from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { createTrace } from '../../../src/probe/net/phases.ts';
import { judgeRefusal, OLD_CIPHERS } from '../../../src/probe/tls/refuses.ts';
import type { TlsTarget } from '../../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Pair } from '../http/certificates.ts';
import { listen } from '../http/target.ts';
import { systemClock } from '../../../src/clock.ts';
import { REACH, TLS } from '../target.ts';

const DAY_MS = 86_400_000;
let good: Pair;
beforeAll(async () => {
  const from = new Date(Date.now() - DAY_MS);
  good = await certificateFor(await createAuthority(), {
    name: 'localhost',
    from,
    to: new Date(Date.now() + DAY_MS),
  });
});

// A machine whose rules forbid the version looks like this: OpenSSL at a higher level has nothing to offer.
test('A version that this machine cannot offer is unknown, never refused', async () => {
  const old = createServer({ ...good, minVersion: 'TLSv1', ciphers: OLD_CIPHERS }, () => undefined);
  const target: TlsTarget = {
    kind: 'tls',
    address: `127.0.0.1:${await listen(old)}`,
    startTls: null,
    reach: REACH,
    tls: TLS,
    assertions: [],
    degraded: [],
  };
  const { signal } = new AbortController();
  const visit = {
    trace: createTrace(0),
    signal,
    time: systemClock,
    startedAt: 0,
    timeoutMs: 10_000,
    inspect: false,
    found: null,
  };
  expect(await judgeRefusal(target, '1.0', visit, 'DEFAULT@SECLEVEL=2')).toEqual({
    outcome: 'unknown',
    reason: 'not-supported',
    detail: 'this machine cannot offer TLS 1.0, so nobody knows if it is refused',
  });
});
