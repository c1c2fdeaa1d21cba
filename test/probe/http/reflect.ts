// @peculiar/x509 asks for a polyfill of Reflect's metadata before it is imported; these few lines are all it uses.
const kept = new WeakMap<object, Map<unknown, unknown>>();

const own = (key: unknown, target: object): unknown => kept.get(target)?.get(key);

const inherited = (key: unknown, target: object): unknown => {
  const above = Object.getPrototypeOf(target) as object | null;
  return kept.get(target)?.has(key) || !above ? own(key, target) : inherited(key, above);
};

const define = (key: unknown, value: unknown, target: object): void => {
  const all = kept.get(target) ?? new Map<unknown, unknown>();
  kept.set(target, all.set(key, value));
};

export const giveMetadata = (): void => {
  Object.assign(Reflect, {
    defineMetadata: define,
    getMetadata: inherited,
    getOwnMetadata: own,
    hasMetadata: (key: unknown, target: object) => inherited(key, target) !== undefined,
    hasOwnMetadata: (key: unknown, target: object) => kept.get(target)?.has(key) ?? false,
    metadata: (key: unknown, value: unknown) => (target: object) => define(key, value, target),
  });
};
