/** The layers that stand for a place of a file: one in a net, one for each use in a definition. */
import { perObject } from '../syntax/memo.ts';
import type { Span } from '../syntax/source.ts';
import type { Expr } from '../syntax/tree.ts';
import { eachNode } from '../typecheck/net/flow.ts';
import type { Typed, TypedNet } from '../typecheck/net/typed.ts';
import type { View } from '../workspace/workspace.ts';
import type { Ground } from './ground.ts';

/** A layer, and a net that has it. */
export type Placed = { readonly typed: Typed; readonly net: TypedNet };

const keyOf = ({ start, end }: Pick<Span, 'start' | 'end'>): number => start * 2 ** 26 + end;

type Index = ReadonlyMap<string, ReadonlyMap<number, readonly Placed[]>>;

/** The nodes of a body, each once, without what passes made, whose places are those of other layers. */
const written = perObject((body: Typed): readonly Typed[] => {
  const found: Typed[] = [];
  const made = new Set<Typed>();
  eachNode(body, (typed) => {
    if (typed.tag === 'variant') eachNode(typed.body, (inner) => made.add(inner));
    else found.push(typed);
  });
  return made.size === 0 ? found : found.filter((typed) => !made.has(typed));
});

const indexOf = perObject((view: View): Index => {
  const files = new Map<string, Map<number, Placed[]>>();
  const seen = new Set<Typed>();
  const enter = (place: Span, placed: Placed): void => {
    const { path, start, end } = view.locate(place);
    const file = files.get(path) ?? new Map<number, Placed[]>();
    files.set(path, file);
    const key = keyOf({ start, end });
    const there = file.get(key);
    if (there === undefined) file.set(key, [placed]);
    else there.push(placed);
  };
  for (const net of view.program?.nets ?? []) {
    if (net.variant !== undefined) continue;
    for (const typed of written(net.body)) {
      if (seen.has(typed)) continue;
      seen.add(typed);
      enter(typed.span, { typed, net });
      if (typed.tag === 'op' && typed.handed !== undefined) enter(typed.handed, { typed, net });
    }
  }
  return files;
});

/** The layers of a place, which is where it lies now. */
const placedAt = ({ view, others, path }: Ground, place: Span): readonly Placed[] => {
  const of = (v: View): readonly Placed[] => indexOf(v).get(path)?.get(keyOf(place)) ?? [];
  const own = of(view);
  // what this file only declares may be used by others
  return own.length > 0 ? own : others().flatMap(of);
};

/** The layers that an expression stands for, whatever brackets, types and names it has around it. */
export const layersOf = (ground: Ground, expr: Expr): readonly Placed[] => {
  switch (expr.tag) {
    case 'group':
    case 'where':
    case 'ascribe':
      return layersOf(ground, expr.body);
    case 'if':
      return [...layersOf(ground, expr.then), ...layersOf(ground, expr.else)];
    default:
      return placedAt(ground, ground.view.locate(expr.span));
  }
};
