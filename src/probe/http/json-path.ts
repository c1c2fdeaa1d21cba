type Key = string | number;

const STEP = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\["([^"]*)"\]/gy;

/** `checks[0].state`, `$.database`, `data["a.b"]` → keys; undefined when the text is no path. `$` alone is the whole. */
export const parseJsonPath = (text: string): readonly Key[] | undefined => {
  const path = text.replace(/^\$\.?/, '');
  if (path === '') return text === '$' ? [] : undefined;
  const keys: Key[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let step = STEP.exec(path); step; step = STEP.exec(path)) {
    keys.push(step[2] === undefined ? (step[1] ?? step[3] ?? '') : Number(step[2]));
    end = STEP.lastIndex;
  }
  return end === path.length ? keys : undefined;
};

/** The value at a path; undefined where there is none. Only own properties count. */
export const valueAt = (json: unknown, keys: readonly Key[]): unknown => {
  let value = json;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<Key, unknown>)[key];
  }
  return value;
};
