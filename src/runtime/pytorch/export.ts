/** From a weight file of netc's back to a state dict of PyTorch's. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import { rowOf } from '../../ops/table.ts';
import type { Chunks } from '../data/bytes.ts';
import { decodeOrigins, originsKey } from '../store/provenance.ts';
import type { Dtype, Provider, Weights } from '../store/safetensors.ts';
import { matchWeights } from '../store/weights.ts';
import { encode } from './encode.ts';
import { manySlopes, noLayout, rewritten, sameNames, unknownPaths } from './faults.ts';
import { headerOf, opening, sorted, usualMetadata, type Entry, type Text } from './header.ts';
import { keptIn, type Kept } from './kept.ts';
import { toTorch } from './layout.ts';
import { fits } from './pair.ts';
import { isMissing, slotsOf, type Slot, type SlotWeight } from './slots.ts';
import type { Table } from './table.ts';

/** The file to write, while the weights can be read, and what messages say of it. */
export type Exported = {
  readonly chunks: Chunks;
  readonly weights: number;
  /** where the names are from: the file that was imported, a table, or, of so many layers, the net */
  readonly names: 'kept' | { readonly own: number };
  /** passes that computed some of the numbers */
  readonly passes: readonly string[];
};

const passesIn = (metadata: Weights['metadata']): readonly string[] => [
  ...new Set(
    Array.from(decodeOrigins(metadata.get(originsKey) ?? '{}').values(), ({ pass }) => pass),
  ),
];

/** A tensor to be written, and what it is made of. */
type Outgoing = Entry & { readonly of: SlotWeight | Uint8Array };

/** A state dict as it will be written. */
type Plan = {
  readonly text: Text;
  readonly tensors: readonly Outgoing[];
  readonly names: Exported['names'];
};

/** As the file was that the weights were imported from; tensors that were not kept are missing. */
const asBefore = (
  path: string,
  graph: Graph,
  slots: readonly Slot[],
  { names, text, header, others }: Kept,
  passes: readonly string[],
): Either<Diagnostic, Plan> => {
  const weights = new Map<string, SlotWeight>();
  const [fresh, paths] = [[] as string[], new Set<string>()];
  for (const slot of slots.flatMap((s) => s.weights)) {
    const name = names.get(slot.weight.path);
    paths.add(slot.weight.path);
    if (name === undefined) fresh.push(slot.weight.path);
    else weights.set(name, slot);
  }
  const lost = Array.from(names).flatMap(([own, name]) => (paths.has(own) ? [] : [name]));
  if (lost.length > 0 || fresh.length > 0)
    return E.left(rewritten(path, graph, lost, fresh, passes));
  const tensors = [...header.tensors.values()].flatMap((tensor): readonly Outgoing[] => {
    const { name, dtype, shape } = tensor;
    const [slot, bytes] = [weights.get(name), others.get(name)];
    if (bytes !== undefined) return [{ name, dtype, shape, of: bytes }];
    if (slot === undefined) return [];
    return [{ name, dtype, shape: fits(slot, tensor) ? shape : slot.layout.shape, of: slot }];
  });
  const same =
    tensors.length === header.tensors.size &&
    tensors.every(({ name, shape }) => sameShape(shape, header.tensors.get(name)?.shape ?? []));
  const written = same ? text : headerOf(tensors, header.metadata);
  return E.right({ text: written, tensors, names: 'kept' });
};

/** `block3.conv2` of `D/block3/conv2`. */
const moduleFor = (layer: string): string => layer.split('/').slice(1).join('.');

/** The name of a tensor of a module; the whole file may be one. */
const within = (module: string, name: string): string =>
  module === '' ? name : `${module}.${name}`;

const counted: Dtype = 'I64';

/** With the names of a table; what it leaves out is named as the net does. */
const byNames = (
  path: string,
  slots: readonly Slot[],
  table: Table,
): Either<readonly Diagnostic[], Plan> => {
  const names = new Map(table.pairs.map((line) => [line.path, line.name]));
  const known = new Set(
    slots.flatMap((s) => [s.layer, ...s.weights.map(({ weight }) => weight.path)]),
  );
  const strange = table.pairs.filter((line) => !known.has(line.path));
  if (strange.length > 0) return E.left(unknownPaths(table.path, strange, known));
  let own = 0;
  const [weights, counters]: [Outgoing[], Outgoing[]] = [[], []];
  for (const slot of slots) {
    const module = names.get(slot.layer) ?? moduleFor(slot.layer);
    const all = slot.weights.map((weight): Outgoing => {
      const name = names.get(weight.weight.path) ?? within(module, weight.name);
      return { name, dtype: 'F32', shape: weight.layout.shape, of: weight };
    });
    weights.push(...all);
    const isNamed = names.has(slot.layer) || slot.weights.every((w) => names.has(w.weight.path));
    if (!isNamed) own++;
    if (rowOf(slot.node.op).statistics === true)
      counters.push({
        ...{ name: within(module, 'num_batches_tracked'), dtype: counted, shape: [] },
        of: new Uint8Array(8),
      });
  }
  const tensors = sorted(counters, weights);
  const twice = tensors.filter((t, i) => tensors[i + 1]?.name === t.name).map((t) => t.name);
  if (twice.length > 0) return E.left([sameNames(path, twice)]);
  return E.right({ text: headerOf(tensors, usualMetadata), tensors, names: { own } });
};

/** The numbers as the tensor has them: one for all, where it had one. */
const narrowed = (numbers: Float32Array, count: number): Float32Array | undefined => {
  if (numbers.length === count) return numbers;
  const [first = 0] = numbers;
  return numbers.every((x) => Object.is(x, first)) ? numbers.subarray(0, count) : undefined;
};

function* bytesOf(
  path: string,
  { text, tensors }: Plan,
  read: Provider,
): Generator<Either<Diagnostic, Uint8Array>> {
  for (const bytes of opening(text.header)) yield E.right(bytes);
  for (const { name, dtype, shape, of } of tensors) {
    if (of instanceof Uint8Array) {
      yield E.right(of);
      continue;
    }
    const numbers = read(of.weight.path);
    if (E.isLeft(numbers)) return yield numbers;
    const ordered = narrowed(toTorch(of.layout, numbers.right), elements(shape));
    if (ordered === undefined) return yield E.left(manySlopes(path, of.weight.path, name));
    const encoded = encode(ordered, dtype);
    if (encoded === undefined) throw new Bug(`${name} of ${dtype}`);
    yield E.right(encoded);
  }
}

/**
 * The weights of a net as a state dict: the very bytes that were imported; or with the names of a table, or of the net, as
 * `safetensors.torch.save_file` writes them. E0501–E0504, E0510, E0523.
 */
export const exportedFrom = (
  file: Weights,
  graph: Graph,
  table: Table | undefined,
  watch: (provider: Provider) => Provider,
): Either<readonly Diagnostic[], Exported> => {
  const all = graph.nodes.flatMap((n) => n.weights);
  const matched = matchWeights(file, all);
  const read = resultOf(matched);
  if (read === undefined) return E.left(diagnosticsOf(matched));
  const found = slotsOf(graph);
  const missing = found.filter(isMissing);
  if (missing.length > 0) return E.left(missing.map(({ node }) => noLayout(file.path, node)));
  const slots = found.flatMap((slot) => (isMissing(slot) ? [] : [slot]));
  const kept = keptIn(file.path, file.metadata);
  if (E.isLeft(kept)) return E.left([kept.left]);
  const passes = passesIn(file.metadata);
  const plan =
    kept.right === undefined || table !== undefined
      ? byNames(file.path, slots, table ?? { path: '', pairs: [], leftOut: [] })
      : E.mapLeft((d: Diagnostic) => [d])(asBefore(file.path, graph, slots, kept.right, passes));
  return E.map((made: Plan) => ({
    chunks: bytesOf(file.path, made, watch(read)),
    weights: all.length,
    names: made.names,
    passes,
  }))(plan);
};
