/** A binary min-heap of indices over their keys, in typed arrays: 12 bytes an entry. */
export type Heap = {
  /** Entry `i` gets `keys[i]`; the heap keeps these keys for itself. */
  hold(keys: Float64Array<ArrayBuffer>): void;
  /** Index of the smallest key; only when there are entries. */
  first(): number;
  keyOf(index: number): number;
  /** Gives the first entry another, not smaller key. */
  replaceFirst(key: number): void;
};

export const createHeap = (): Heap => {
  let keys = new Float64Array(0);
  let order = new Int32Array(0);

  const keyAt = (place: number): number => keys[order[place] as number] as number;

  const siftDown = (start: number): void => {
    const index = order[start] as number;
    const key = keys[index] as number;
    let place = start;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= order.length) break;
      if (child + 1 < order.length && keyAt(child + 1) < keyAt(child)) child++;
      if (keyAt(child) >= key) break;
      order[place] = order[child] as number;
      place = child;
    }
    order[place] = index;
  };

  return {
    hold: (given) => {
      keys = given;
      order = new Int32Array(given.length);
      for (let index = 0; index < order.length; index++) order[index] = index;
      for (let place = (order.length >> 1) - 1; place >= 0; place--) siftDown(place);
    },
    first: () => order[0] as number,
    keyOf: (index) => keys[index] as number,
    replaceFirst: (key) => {
      keys[order[0] as number] = key;
      siftDown(0);
    },
  };
};
