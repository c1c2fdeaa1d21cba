import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRoom } from '../../src/probe/room.ts';

type One = { id: number; host: string };
type Step = { kind: 'enter'; host: string } | { kind: 'leave' | 'give up'; pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const), host: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const), pick: fc.nat() }) },
);

test('Neither limit is ever passed, nobody waits while there is room, and each host serves in order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(step),
      (total, perHost, all) => {
        const room = createRoom<One>({ total, perHost });
        const inside: One[] = [];
        let line: One[] = [];
        let ids = 0;
        const at = (host: string): number => inside.filter((one) => one.host === host).length;
        const hasRoom = ({ host }: One): boolean => inside.length < total && at(host) < perHost;
        for (const { kind, ...what } of all) {
          if (kind === 'enter') {
            const one = { id: ids++, host: 'host' in what ? what.host : '' };
            const isExpected = hasRoom(one);
            expect(room.enter(one.host, one)).toBe(isExpected);
            (isExpected ? inside : line).push(one);
          }
          const pick = 'pick' in what ? what.pick : 0;
          if (kind === 'leave' && inside.length > 0) {
            const [left] = inside.splice(pick % inside.length, 1) as [One];
            const next = line.find(hasRoom) ?? null;
            expect(room.leave(left.host)).toBe(next);
            if (next) inside.push(next);
            line = line.filter((one) => one !== next);
          }
          if (kind === 'give up' && line.length > 0) {
            const gone = line[pick % line.length]!;
            expect(room.remove((one) => one === gone)).toEqual([gone]);
            line = line.filter((one) => one !== gone);
          }
          expect(room.waiting()).toBe(line.length);
          expect(line.some(hasRoom)).toBe(false);
        }
      },
    ),
  );
});
