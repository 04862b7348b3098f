/** A heap: puts values in and takes out the smallest, in logarithmic time. */

/** Values that wait, the smallest first. */
export type Heap<A> = {
  readonly push: (value: A) => void;
  readonly peek: () => A | undefined;
  readonly pop: () => A | undefined;
};

/** Nothing yet. */
export const heapOf = <A>(isLess: (a: A, b: A) => boolean): Heap<A> => {
  const values: A[] = [];
  const sink = (value: A): void => {
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      if (left >= values.length) break;
      const child = right < values.length && isLess(values[right]!, values[left]!) ? right : left;
      if (!isLess(values[child]!, value)) break;
      values[at] = values[child]!;
      at = child;
    }
    values[at] = value;
  };
  return {
    push: (value) => {
      let at = values.length;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isLess(value, values[parent]!)) break;
        values[at] = values[parent]!;
        at = parent;
      }
      values[at] = value;
    },
    peek: () => values[0],
    pop: () => {
      const [first] = values;
      const last = values.pop();
      if (values.length > 0 && last !== undefined) sink(last);
      return first;
    },
  };
};
