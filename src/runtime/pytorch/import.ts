/** From a state dict of PyTorch's to a weight file of netc's: other names, another order of numbers. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { elements } from '../../numeric/tensor.ts';
import type { Chunks, RandomAccess } from '../data/bytes.ts';
import { weightChunks } from '../store/safetensors-write.ts';
import { readWeights, type Provider, type TensorInfo, type Weights } from '../store/safetensors.ts';
import { wishesOf } from './asked.ts';
import { noLayout, noStateDict, unevenFault } from './faults.ts';
import { encodeKept, keptKey, tooLarge } from './kept.ts';
import { toNet } from './layout.ts';
import { isChosenOrder, mayBeWeight, modulesOf, prefixOf } from './modules.ts';
import { isUneven, pairUp, type Pair, type Taken } from './pair.ts';
import { isMissing, slotsOf } from './slots.ts';
import type { Table } from './table.ts';

/** How the tensors of a file and the weights of a net are paired. */
export type Matched = {
  readonly pairs: readonly Pair[];
  /** what the wrappers of a module have put in front of all names */
  readonly prefix: string;
  /** tensors that no layer takes, but those that count batches */
  readonly leftOut: readonly TensorInfo[];
  readonly counters: readonly TensorInfo[];
};

/** The weight file to write, while the state dict is open, and what messages say of it. */
export type Imported = Matched & {
  readonly chunks: Chunks;
  /** weights of float64, whose numbers are rounded */
  readonly rounded: number;
  /** tensors that `export` will not give back */
  readonly lost: readonly TensorInfo[];
};

const isCounter = ({ name }: TensorInfo): boolean => /(^|\.)num_batches_tracked$/.test(name);

const looksOwn = (names: readonly string[]): boolean =>
  names.some((name) => /^\w+\/.*\/(kernel|gamma|alpha)$/.test(name));

/** Pairs what the file has with what the net needs (E0501–E0503, E0523). */
const match = (
  { path, tensors }: Pick<Weights, 'path' | 'tensors'>,
  graph: Graph,
  table: Table,
): Either<readonly Diagnostic[], Matched> => {
  const all = [...tensors.values()];
  const weights = all.filter(mayBeWeight);
  const names = weights.map((t) => t.name);
  if (weights.length === 0 || looksOwn(names)) return E.left([noStateDict(path, names)]);
  const found = slotsOf(graph);
  const missing = found.filter(isMissing);
  if (missing.length > 0) return E.left(missing.map(({ node }) => noLayout(path, node)));
  const slots = found.flatMap((slot) => (isMissing(slot) ? [] : [slot]));
  const prefix = prefixOf(names);
  const wishes = wishesOf(table, slots, weights, prefix, path);
  if (E.isLeft(wishes)) return wishes;
  const { asked, leftOut } = wishes.right;
  const gone = new Set([
    ...leftOut,
    ...[...asked.values()].flatMap(({ taken }) => taken.map((t) => t.tensor)),
  ]);
  const isChosen = isChosenOrder(weights);
  const modules = modulesOf(
    weights.filter((t) => !gone.has(t)),
    prefix,
    isChosen,
  );
  const pairs = pairUp(slots, modules, asked, prefix, isChosen);
  const others = all.filter((t) => !mayBeWeight(t) && !isCounter(t));
  if (isUneven(pairs)) return E.left([unevenFault(path, graph, pairs, others)]);
  return E.right({
    ...{ pairs, prefix, leftOut: [...leftOut, ...others] },
    counters: all.filter(isCounter),
  });
};

/** One number for all, where a module has it so. */
const spread = (numbers: Float32Array, count: number): Float32Array =>
  numbers.length === 1 && count > 1 ? new Float32Array(count).fill(numbers[0]!) : numbers;

/** The numbers of each weight of the net, by its path. */
const reordered = ({ read }: Weights, taken: readonly Taken[]): Provider => {
  const byPath = new Map(taken.map((t) => [t.slot.weight.path, t]));
  return (path) => {
    const found = byPath.get(path);
    if (found === undefined) throw new Bug(`no tensor for ${path}`);
    const { layout, weight } = found.slot;
    const count = elements(weight.spec.shape);
    return E.map((n: Float32Array) => toNet(layout, spread(n, count)))(read(found.tensor.name));
  };
};

/**
 * The weights of a state dict as those of a net; `attached` is metadata that is written too. E0001, E0501–E0504, E0510,
 * E0523.
 */
export const importedFrom = (
  file: RandomAccess,
  graph: Graph,
  table: Table,
  watch: (provider: Provider) => Provider,
  attached: ReadonlyMap<string, string>,
): Either<readonly Diagnostic[], Imported> => {
  const weights = readWeights(file);
  if (E.isLeft(weights)) return E.left([weights.left]);
  const matched = match(weights.right, graph, table);
  if (E.isLeft(matched)) return matched;
  const { pairs, leftOut, counters } = matched.right;
  const taken = pairs.flatMap((pair) => pair.taken);
  const names = new Map(taken.map(({ slot, tensor }) => [slot.weight.path, tensor.name]));
  const kept = encodeKept(file, names, [...leftOut, ...counters]);
  if (E.isLeft(kept)) return E.left([kept.left]);
  const outgoing = graph.nodes.flatMap((node) =>
    node.weights.map(({ path, spec }) => ({ name: path, shape: spec.shape })),
  );
  const metadata = new Map([[keptKey, kept.right], ...attached]);
  return E.right({
    ...matched.right,
    chunks: weightChunks(outgoing, watch(reordered(weights.right, taken)), metadata),
    rounded: taken.filter(({ tensor }) => tensor.dtype === 'F64').length,
    lost: tooLarge([...leftOut, ...counters]),
  });
};

/** The graphs that the weights of a state dict are for (E0001, E0501, E0504, E0510). */
export const fitting = (
  file: RandomAccess,
  table: Table,
): Either<Diagnostic, (graph: Graph) => boolean> =>
  E.map((weights: Weights) => (graph: Graph) => E.isRight(match(weights, graph, table)))(
    readWeights(file),
  );
