/** Two nets compared layer by layer, as data. */
import type { Graph, ValueId } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import { align } from './align.ts';
import { changesOf, type Change } from './layers.ts';
import { factsOf, type LayerFacts } from '../layer-costs.ts';

/** One place of either net, or of both. */
export type Entry =
  | { readonly tag: 'equal'; readonly before: LayerFacts; readonly after: LayerFacts }
  | {
      readonly tag: 'changed';
      readonly before: LayerFacts;
      readonly after: LayerFacts;
      readonly changes: readonly Change[];
    }
  | { readonly tag: 'removed'; readonly before: LayerFacts }
  | { readonly tag: 'added'; readonly after: LayerFacts };

/** The comparison of two nets. */
export type Comparison = {
  /** in the order of both nets */
  readonly entries: readonly Entry[];
  /** differences beside the layers: the input, and the outputs by name */
  readonly ends: readonly Change[];
  /** both compute the same, given the same weights in the same order */
  readonly equal: boolean;
};

/** Which values of the second net correspond to those of the first; their inputs correspond. */
type Places = {
  readonly known: ReadonlyMap<ValueId, ValueId>;
  /** values of the second net that have a counterpart */
  readonly taken: ReadonlySet<ValueId>;
};

type Paths = ReadonlyMap<ValueId, string>;

const pathsOf = ({ input, nodes }: Graph): Paths =>
  new Map([
    [input.id, 'the input'],
    ...nodes.map(({ id, path }) => [id, path.slice(path.indexOf('/') + 1)] as const),
  ]);

/**
 * The inputs of a pair that have counterparts but not each other: the layer reads another value. Inputs without a
 * counterpart are not reported, because the layer that only one net has is reported itself.
 */
const rewired = (
  paths: readonly [Paths, Paths],
  { known, taken }: Places,
  before: LayerFacts,
  after: LayerFacts,
): readonly Change[] => {
  const [a, b] = [before.node.inputs, after.node.inputs];
  if (a.length !== b.length)
    return [{ of: 'branches', before: String(a.length), after: String(b.length) }];
  if (rowOf(after.node.op).commutes === true) {
    const counterparts = a.map((id) => known.get(id) ?? -1);
    if (sorted(counterparts).join() === sorted(b).join()) return [];
  }
  return a.flatMap((id, i) => {
    const [counterpart, found] = [known.get(id), b[i]!];
    return counterpart === undefined || counterpart === found || !taken.has(found)
      ? []
      : [{ of: 'reads', before: paths[0].get(id)!, after: paths[1].get(found)! }];
  });
};

const sorted = (ids: readonly number[]): readonly number[] => ids.toSorted((a, b) => a - b);

const none = '–';

/** The type of the input, and outputs that the other net lacks or takes from another layer. */
const endsOf = (
  [a, b]: readonly [Graph, Graph],
  paths: readonly [Paths, Paths],
  { known }: Places,
): readonly Change[] => {
  const inputs = [showType(a.input.type), showType(b.input.type)] as const;
  const [mainA, ...extrasA] = a.outputs;
  const [mainB, ...extrasB] = b.outputs;
  const shown = (names: Paths, id: ValueId | undefined): string =>
    id === undefined ? none : names.get(id)!;
  const output = (of: string, from: ValueId | undefined, to: ValueId | undefined) =>
    from !== undefined && to !== undefined && known.get(from) === to
      ? []
      : [{ of, before: shown(paths[0], from), after: shown(paths[1], to) }];
  const names = [...new Set([...extrasA, ...extrasB].map((o) => o.name))];
  return [
    ...(inputs[0] === inputs[1] ? [] : [{ of: 'input', before: inputs[0], after: inputs[1] }]),
    ...output('output', mainA?.id, mainB?.id),
    ...names.flatMap((name) => {
      const [from, to] = [extrasA, extrasB].map((all) => all.find((o) => o.name === name)?.id);
      return output(`output ${name}`, from, to);
    }),
  ];
};

/** Compares two nets. Equal free sizes of the second should have the first's names: see `calledAs`. */
export const compare = (before: Graph, after: Graph): Comparison => {
  const [a, b] = [factsOf(before), factsOf(after)];
  const pairs = align(a, b).map((p) => ({
    before: p.before === undefined ? undefined : a[p.before]!,
    after: p.after === undefined ? undefined : b[p.after]!,
  }));
  const known = new Map<ValueId, ValueId>([[before.input.id, after.input.id]]);
  for (const p of pairs)
    if (p.before !== undefined && p.after !== undefined)
      known.set(p.before.node.id, p.after.node.id);
  const places: Places = { known, taken: new Set(known.values()) };
  const graphs = [before, after] as const;
  const paths = [pathsOf(before), pathsOf(after)] as const;
  const entries = pairs.flatMap((p): readonly Entry[] => {
    if (p.before === undefined)
      return p.after === undefined ? [] : [{ tag: 'added', after: p.after }];
    if (p.after === undefined) return [{ tag: 'removed', before: p.before }];
    const both = { before: p.before, after: p.after };
    const changes = [
      ...changesOf(both.before, both.after),
      ...rewired(paths, places, both.before, both.after),
    ];
    return [
      changes.length === 0 ? { tag: 'equal', ...both } : { tag: 'changed', ...both, changes },
    ];
  });
  const ends = endsOf(graphs, paths, places);
  return { entries, ends, equal: ends.length === 0 && entries.every((e) => e.tag === 'equal') };
};
