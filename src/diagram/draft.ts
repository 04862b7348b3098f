/**
 * The state of drawing a net. Places are visited in the order of `writtenOut`, so that every box knows its layers; copies
 * that are drawn once are visited together.
 */
import type { PlacedLayer } from '../graph/graph.ts';
import { short, sumIfKnown } from '../numeric/figures.ts';
import { fieldsOf, type ReceptiveField } from '../typecheck/net/receptive.ts';
import { childrenOf } from '../typecheck/net/flow.ts';
import { writtenOut, type WrittenOut } from '../typecheck/net/flat.ts';
import type { Typed, TypedNet } from '../typecheck/net/typed.ts';
import { multiplyAdds, parameters, phrase } from './boxes.ts';
import { copiesOf, type Copies } from './copies.ts';
import type { Group, Options } from './diagram.ts';
import { showShape, showStep } from './words.ts';

/** A part of the net, and how many layers come before it. */
export type Subtree = { readonly typed: Typed; readonly at: number };

/** The same part in each of the copies that are drawn once, in order of execution. */
export type Here = readonly Subtree[];

/** The net that is drawn, and the numbers given so far. */
export type Draft = {
  readonly options: Options;
  readonly written: WrittenOut;
  readonly fields: readonly ReceptiveField[];
  readonly copies: Copies;
  /** by its key, the number of the value that was remembered last: each place remembers another one */
  readonly memories: Map<number, number>;
  /** how many there are */
  readonly count: { groups: number; memories: number; outputs: number };
};

/** A drawing that has not begun. */
export const newDraft = (net: TypedNet, options: Options): Draft => {
  const written = writtenOut(net);
  return {
    options,
    written,
    fields: fieldsOf(written.layers),
    copies: copiesOf(),
    memories: new Map(),
    count: { groups: 0, memories: 0, outputs: 0 },
  };
};

/** The receptive field of a layer's output. */
export const fieldOf =
  ({ fields }: Draft) =>
  ({ id }: PlacedLayer): ReceptiveField =>
    fields[id]!;

/** The layer that ends at each of the places. */
export const endsAt = ({ copies, written }: Draft, here: Here): readonly PlacedLayer[] =>
  here.map(({ typed, at }) => written.layers[at + copies.layers(typed) - 1]!);

/** All layers of all the places. */
export const layersAt = ({ copies, written }: Draft, here: Here): readonly PlacedLayer[] =>
  here.flatMap(({ typed, at }) => written.layers.slice(at, at + copies.layers(typed)));

const below = ({ copies }: Draft, { typed, at }: Subtree): Here => {
  let next = at;
  return childrenOf(typed).map((child) => {
    const place = { typed: child, at: next };
    next += copies.layers(child);
    return place;
  });
};

/** The places below, the first of every copy, then the second of every copy, … */
export const inside = (draft: Draft, here: Here): readonly Here[] => {
  const all = here.map((place) => below(draft, place));
  return all[0]!.map((_, i) => all.map((places) => places[i]!));
};

/** The name of a folder as in weight names, `block3`; for several copies the word without the number. */
export const nameOf = (
  { copies, written }: Draft,
  here: Here,
  word: string,
  level: number,
): string => {
  const { typed, at } = here[0]!;
  if (here.length > 1 || copies.layers(typed) === 0) return word;
  const name = written.layers[at]!.path.split('/')[level] ?? word;
  return name.startsWith(word) ? name : word;
};

/** A frame around all the places, or a box in place of them. */
export const groupOf = ({ count }: Draft, here: Here, name: string): Group => {
  const [first, last] = [here[0]!.typed, here.at(-1)!.typed];
  const params = here.reduce((n, { typed }) => n + typed.totals.params, 0);
  const work = sumIfKnown(here.map(({ typed }) => typed.totals.macs));
  return {
    id: `g${++count.groups}`,
    name,
    count: 1,
    figures: params === 0 ? '' : short(params),
    shape: showShape(first.output, last.output),
    reshapes: false,
    tooltip: [
      name,
      showStep(first.input, last.output),
      phrase(parameters(params), multiplyAdds(work)),
    ].filter((line) => line !== ''),
  };
};
