import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRoom, type Room } from '../../src/probe/room.ts';

type One = { id: number; host: string };
type Step = { kind: 'enter'; host: string } | { kind: 'leave' | 'give up'; pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const), host: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const), pick: fc.nat() }) },
);

/** The naive model: who is inside, who waits; every question is answered by counting. */
const modelOf = (total: number, perHost: number) => {
  const inside: One[] = [];
  const line: One[] = [];
  const hasRoom = ({ host }: One): boolean =>
    inside.length < total && inside.filter((one) => one.host === host).length < perHost;
  const enter = (one: One): boolean => {
    const may = hasRoom(one);
    (may ? inside : line).push(one);
    return may;
  };
  const leave = (left: One): One | null => {
    inside.splice(inside.indexOf(left), 1);
    const next = line.find(hasRoom) ?? null;
    if (next) inside.push(...line.splice(line.indexOf(next), 1));
    return next;
  };
  return { inside, line, hasRoom, enter, leave };
};

/** What room and model answer to a step. */
const answers = (room: Room<One>, model: ReturnType<typeof modelOf>, id: number, step: Step): [unknown, unknown] => {
  if (step.kind === 'enter') {
    const one = { id, host: step.host };
    return [room.enter(one.host, one), model.enter(one)];
  }
  const from = step.kind === 'leave' ? model.inside : model.line;
  const one = from[step.pick % Math.max(1, from.length)];
  if (!one) return [null, null];
  if (step.kind === 'leave') return [room.leave(one.host), model.leave(one)];
  return [room.remove((other) => other === one), model.line.splice(model.line.indexOf(one), 1)];
};

test('Neither limit is ever passed, nobody waits while there is room, and each host serves in order', () => {
  const limit = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(limit, limit, fc.array(step, { maxLength: 100 }), (total, perHost, steps) => {
      const room = createRoom<One>({ total, perHost });
      const model = modelOf(total, perHost);
      steps.forEach((one, id) => {
        const [given, expected] = answers(room, model, id, one);
        expect(given).toEqual(expected);
        expect(room.waiting()).toBe(model.line.length);
        expect(model.line.some(model.hasRoom)).toBe(false);
      });
    }),
  );
});
