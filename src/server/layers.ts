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

/** Places of trees and of typed nets are of one kind, so they are compared as they are, wherever they lie now. */
const keyOf = ({ path, start, end }: Span): string => `${path} ${start} ${end}`;

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

/** The nodes of a body by their places. An edit leaves most bodies as they are. */
const indexOf = perObject((body: Typed): ReadonlyMap<string, readonly Typed[]> => {
  const index = new Map<string, Typed[]>();
  const enter = (place: Span, typed: Typed): void => {
    const key = keyOf(place);
    const there = index.get(key);
    if (there === undefined) index.set(key, [typed]);
    else there.push(typed);
  };
  for (const typed of written(body)) {
    enter(typed.span, typed);
    if (typed.tag === 'op' && typed.handed !== undefined) enter(typed.handed, typed);
  }
  return index;
});

const placedIn = ({ program }: View, place: Span): readonly Placed[] => {
  const key = keyOf(place);
  const found = new Map<Typed, Placed>();
  for (const net of program?.nets ?? [])
    if (net.variant === undefined)
      for (const typed of indexOf(net.body).get(key) ?? [])
        if (!found.has(typed)) found.set(typed, { typed, net });
  return [...found.values()];
};

/** The layers of a place of the tree. */
const placedAt = ({ view, others }: Ground, place: Span): readonly Placed[] => {
  const own = placedIn(view, place);
  // what this file only declares may be used by others
  return own.length > 0 ? own : others().flatMap((other) => placedIn(other, place));
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
      return placedAt(ground, expr.span);
  }
};

/** An operator or a join. */
export type Layer = Extract<Typed, { readonly tag: 'op' | 'join' }>;

/** The layer whose result goes on behind an expression. */
export const lastLayerOf = (typed: Typed): Layer | undefined => {
  switch (typed.tag) {
    case 'op':
    case 'join':
      return typed;
    case 'sequence':
      return typed.steps.reduceRight<Layer | undefined>(
        (found, step) => found ?? lastLayerOf(step),
        undefined,
      );
    case 'repeat':
      return typed.copies.length === 0 ? undefined : lastLayerOf(typed.copies.at(-1)!);
    case 'folder':
    case 'remember':
      return lastLayerOf(typed.body);
    default:
      return undefined;
  }
};
