/** Finds equal parts of a typed tree, so that repeats can be drawn once. */
import { identity } from '../ops/roles.ts';
import { childrenOf } from '../typecheck/net/flow.ts';
import type { Typed } from '../typecheck/net/typed.ts';

export type Copies = {
  /** equal for subtrees that consist of the same layers with the same arguments, whatever the shapes */
  readonly sign: (typed: Typed) => number;
  /** the number of layers below a node, as `writtenOut` counts them: `id` does not count */
  readonly layers: (typed: Typed) => number;
  /** whether a side branch starts below, each of which is an output of its own */
  readonly forksOff: (typed: Typed) => boolean;
};

type Known = { readonly sign: number; readonly layers: number; readonly forksOff: boolean };

/** The text of a node itself. Remembered values are distinguished by their places, so their keys are left out. */
const ownText = (typed: Typed): string => {
  switch (typed.tag) {
    case 'op':
      return `${typed.op}${JSON.stringify(typed.args)}`;
    case 'join':
      return typed.op;
    case 'folder':
      return `${typed.of} ${typed.naming.text}`;
    default:
      return '';
  }
};

/** Visits each distinct subtree once, however often it is repeated. */
export const copiesOf = (): Copies => {
  const signs = new Map<string, number>();
  const known = new Map<Typed, Known>();

  const look = (typed: Typed): Known => {
    const before = known.get(typed);
    if (before !== undefined) return before;
    const below = childrenOf(typed).map(look);
    const text = `${typed.tag} ${ownText(typed)} ${below.map((k) => k.sign).join(' ')}`;
    const sign = signs.get(text) ?? signs.size;
    signs.set(text, sign);
    const own = typed.tag === 'join' || (typed.tag === 'op' && typed.op !== identity.name) ? 1 : 0;
    const found: Known = {
      sign,
      layers: below.reduce((n, k) => n + k.layers, own),
      forksOff: typed.tag === 'also' || below.some((k) => k.forksOff),
    };
    known.set(typed, found);
    return found;
  };

  return {
    sign: (typed) => look(typed).sign,
    layers: (typed) => look(typed).layers,
    forksOff: (typed) => look(typed).forksOff,
  };
};
