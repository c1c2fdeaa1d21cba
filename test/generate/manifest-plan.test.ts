import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/generate/manifest.ts';
import { planOf, type OnDisk, type Plan, type PlanInput, type Wanted } from '../../src/generate/plan.ts';

const NAMES = ['a', 'b', 'c', 'd', 'A'];
const digest = fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(64));
const lazily = digest.map((sha256) => () => sha256);
const owner: fc.Arbitrary<string> = fc.constantFrom('duru-notes', 'nexod', 'shared');
const owned = fc.record({ path: fc.constantFrom(...NAMES), sha256: digest });
const disk = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    { weight: 6, arbitrary: digest.map((sha256): OnDisk => ({ kind: 'file', sha256 })) },
    { weight: 1, arbitrary: fc.constant<OnDisk>({ kind: 'blocked', why: 'is a folder' }) },
  ),
);
const one = <T extends { path: string }>(items: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(items, { selector: ({ path }) => path, maxLength: 5 });
const world = fc.record({
  // Two files of one folded name are refused before.
  wanted: fc.uniqueArray(fc.record({ path: fc.constantFrom(...NAMES), sha256: lazily, owner }), {
    selector: ({ path }) => path.toLowerCase(),
  }),
  manifests: fc.uniqueArray(fc.record({ owner, files: one(owned) }), { selector: (manifest) => manifest.owner }),
  unfinished: one(owned),
  disk,
  scope: fc.subarray(NAMES),
  adopt: fc.boolean(),
});
type World = Omit<typeof world extends fc.Arbitrary<infer T> ? T : never, 'manifests' | 'unfinished'> &
  Pick<PlanInput, 'manifests' | 'unfinished'>;

const MISSING: OnDisk = { kind: 'missing' };
const inputOf = ({ wanted, manifests, unfinished, disk, scope, adopt }: World): PlanInput => ({
  wanted,
  manifests,
  unfinished,
  onDisk: (path) => disk[path] ?? MISSING,
  inScope: (path) => scope.includes(path),
  adopt,
});
const plan = (given: World): Plan => planOf(inputOf(given));
/** The disk after a plan was carried out. */
const after = (given: World, { write, remove }: Plan): World['disk'] => {
  const disk = { ...given.disk };
  for (const path of remove) delete disk[path];
  for (const { path, sha256 } of write) disk[path] = { kind: 'file', sha256: sha256() };
  return disk;
};
const wasOurs = ({ manifests, unfinished }: World, path: string, sha256: string): boolean =>
  [...manifests.flatMap(({ files }) => files), ...unfinished].some(
    (file) => file.path.toLowerCase() === path.toLowerCase() && file.sha256 === sha256,
  );
const inScope = (given: World, files: readonly Wanted[]): Wanted[] =>
  files.filter(({ path }) => given.scope.includes(path));
const check = (predicate: (given: World) => void): void => fc.assert(fc.property(world, predicate), { numRuns: 3_000 });

describe('a plan', () => {
  it('never touches what others wrote or changed, unless it adopts', () =>
    check((given) => {
      if (given.adopt) return;
      const { write, remove } = plan(given);
      const isTaken = (path: string): boolean => {
        const there = given.disk[path];
        if (there?.kind !== 'file') return there !== undefined;
        const again = given.wanted.some((file) => file.path === path && file.sha256() === there.sha256);
        return !again && !wasOurs(given, path, there.sha256);
      };
      expect([...write.map(({ path }) => path), ...remove].filter(isTaken)).toEqual([]);
    }));

  it('never puts a file where a folder or a link is', () =>
    check((given) => {
      const { write, remove } = plan(given);
      for (const path of [...write.map((file) => file.path), ...remove])
        expect(given.disk[path]?.kind).not.toBe('blocked');
    }));

  it('leaves alone what it is not about', () =>
    check((given) => {
      const { write, remove, keep, refuse, manifests } = plan(given);
      const paths = [...write, ...keep, ...refuse].map(({ path }) => path).concat(remove);
      expect(paths.filter((path) => !given.scope.includes(path))).toEqual([]);
      const outside = (all: readonly Manifest[]): string[] =>
        all
          .flatMap(({ owner, files }) =>
            files.filter(({ path }) => !given.scope.includes(path)).map((file) => JSON.stringify([owner, file])),
          )
          .toSorted();
      expect(outside(manifests())).toEqual(outside(given.manifests));
    }));

  it('names every path once', () =>
    check((given) => {
      const { write, remove, keep, refuse } = plan(given);
      const paths = [...write, ...keep, ...refuse].map(({ path }) => path).concat(remove);
      expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
      for (const { path } of inScope(given, given.wanted)) expect(paths).toContain(path);
    }));

  it('that refuses nothing leaves exactly what is generated, and nothing to do', () =>
    check((given) => {
      const first = plan(given);
      if (first.refuse.length > 0) return;
      const then = { ...given, disk: after(given, first), manifests: [...first.manifests()], unfinished: [] };
      const wanted = inScope(given, given.wanted);
      for (const { path, sha256 } of wanted) expect(then.disk[path]).toEqual({ kind: 'file', sha256: sha256() });
      const { manifests, ...next } = plan({ ...then, adopt: false });
      expect(manifests()).toEqual(first.manifests());
      expect(next).toEqual({
        write: [],
        remove: [],
        refuse: [],
        keep: wanted
          .toSorted((a, b) => (a.path < b.path ? -1 : 1))
          .map(({ path, owner, sha256 }) => ({ path, sha256, owner })),
      });
    }));

  it('that was broken off anywhere is finished by the next one, also when the definitions changed meanwhile', () =>
    fc.assert(
      fc.property(
        world,
        fc.nat(12),
        one(fc.record({ path: fc.constantFrom('a', 'b', 'c', 'd'), sha256: lazily, owner })),
        (given, steps, wanted) => {
          const first = plan(given);
          if (first.refuse.length > 0) return;
          // What is done by then: some removals, then some files; the manifests come last.
          const remove = first.remove.slice(0, steps);
          const write = first.write.slice(0, Math.max(0, steps - first.remove.length));
          const disk = after(given, { ...first, remove, write });
          const begun = first.write.map(({ path, sha256 }) => ({ path, sha256: sha256() }));
          const unfinished = [...given.unfinished, ...begun];
          const next = { ...given, scope: NAMES, wanted, disk, unfinished, adopt: false };
          const before = { ...given, scope: NAMES, wanted, adopt: false };
          // Only what was in the way of the new definitions already is in their way now.
          const inTheWay = new Set(plan(before).refuse.map(({ path }) => path));
          expect(plan(next).refuse.filter(({ path }) => !inTheWay.has(path))).toEqual([]);
        },
      ),
      { numRuns: 3_000 },
    ));

  it('removes a file that changed only the case of its name, and writes the new one after it', () => {
    const sha256 = '1'.repeat(64);
    const there: OnDisk = { kind: 'file', sha256 };
    const input = {
      wanted: [{ path: 'a', sha256: () => sha256, owner: 'shared' }],
      manifests: [{ owner: 'shared', files: [{ path: 'A', sha256 }] }],
      unfinished: [],
      inScope: () => true,
      adopt: false,
    };
    // As a file system answers that ignores case.
    const { write, remove } = planOf({ ...input, onDisk: () => there });
    expect([write.map(({ path }) => path), remove]).toEqual([['a'], ['A']]);
  });
});
