/** From a weight file of netc's back to torchvision's. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { diagnosticsOf, valueOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../lower/graph.ts';
import { elements } from '../../numeric/tensor.ts';
import { sameShape } from '../data/shape.ts';
import { writeFileAtomically } from '../files.ts';
import { parseHeader, type Header, type Provider, type WeightFile } from '../safetensors.ts';
import { matchWeights } from '../weights.ts';
import { encode } from './encode.ts';
import { unknownNet, unpaired } from './faults.ts';
import { isCounter, keptIn, type Kept } from './kept.ts';
import { toTorch } from './layout.ts';
import { pairUp, type Pair, type Pairs } from './pairs.ts';
import { modelNamed, modelOfNet, todaysName } from './recognise.ts';

/** What was done; `same` when the header is that of the file the weights were imported from. */
export type Exported = { readonly model: string; readonly weights: number; readonly same: boolean };

/** The text of a header with its padding, and what it says. */
type Written = { readonly text: string; readonly header: Header };

/** As safetensors writes it for torchvision: integers first, then by name, so that numbers lie aligned. */
const freshHeader = (path: string, pairs: Pairs): Either<Diagnostic, Written> => {
  const counters = pairs.counters.map((key) => ({ key, dtype: 'I64', bytes: 8, shape: [] }));
  const weights = pairs.weights.map(({ key, layout: { shape } }) => ({
    ...{ key, dtype: 'F32', bytes: 4 * elements(shape), shape },
  }));
  const byName = (a: { readonly key: string }, b: { readonly key: string }) =>
    a.key < b.key ? -1 : 1;
  let end = 0;
  const entries = [...counters.sort(byName), ...weights.sort(byName)].map((t) => {
    const begin = end;
    end += t.bytes;
    return `${JSON.stringify(t.key)}:{"dtype":"${t.dtype}","shape":[${t.shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  const json = `{${['"__metadata__":{"format":"pt"}', ...entries].join(',')}}`;
  const text = json.padEnd(Math.ceil(json.length / 8) * 8);
  return E.map((header: Header) => ({ text, header }))(parseHeader(path, text, end));
};

/** The header that was imported, if it still fits: a net of other classes, say, has other shapes. */
const keptHeader = (
  kept: (Kept & { readonly layout: Header }) | undefined,
  pairs: Pairs,
): Written | undefined => {
  if (kept === undefined) return undefined;
  const wanted = new Map(pairs.weights.map((p) => [p.key, p]));
  const tensors = [...kept.layout.tensors.values()];
  const fits = tensors.every((t) => {
    const pair = wanted.get(todaysName(t.name));
    if (pair === undefined) return isCounter(t) && kept.counters.has(t.name);
    return (
      sameShape(t.shape, pair.layout.shape) && encode(new Float32Array(), t.dtype) !== undefined
    );
  });
  const count = tensors.filter((t) => wanted.has(todaysName(t.name))).length;
  return fits && count === wanted.size ? { text: kept.header, header: kept.layout } : undefined;
};

const counted = (n: string): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt(n), true);
  return new Uint8Array(view.buffer);
};

function* chunks(
  { text, header }: Written,
  pairs: readonly Pair[],
  counters: ReadonlyMap<string, string>,
  read: Provider,
): Generator<Either<Diagnostic, Uint8Array>> {
  const bytes = new TextEncoder().encode(text);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  yield E.right(new Uint8Array(length.buffer));
  yield E.right(bytes);
  const byKey = new Map(pairs.map((p) => [p.key, p]));
  for (const { name, dtype } of header.tensors.values()) {
    const pair = byKey.get(todaysName(name));
    if (pair === undefined) yield E.right(counted(counters.get(name) ?? '0'));
    else {
      const numbers = read(pair.weight.path);
      if (E.isLeft(numbers)) return yield numbers;
      const encoded = encode(toTorch(pair.layout, numbers.right), dtype);
      if (encoded === undefined) throw new Bug(`${name} of ${dtype}`);
      yield E.right(encoded);
    }
  }
}

/**
 * Writes the weights of a net as torchvision has them: the very bytes that were imported, or, for weights
 * that never were torchvision's, what `safetensors.torch.save_file` gives. E0501–E0504, E0509, E0510.
 */
export const exportTorchvision = (
  file: WeightFile,
  graph: Graph,
  output: string,
  watch: (provider: Provider) => Provider,
): Either<readonly Diagnostic[], Exported> => {
  const matched = matchWeights(
    file,
    graph.nodes.flatMap((n) => n.weights),
  );
  const read = valueOf(matched);
  if (read === undefined) return E.left(diagnosticsOf(matched));
  const kept = keptIn(file.path, file.metadata);
  if (E.isLeft(kept)) return E.left([kept.left]);
  const model = modelNamed(kept.right?.model ?? '') ?? modelOfNet(graph);
  if (model === undefined) return E.left([unknownNet(file.path, graph)]);
  const pairs = pairUp(graph, model);
  if ('tag' in pairs) return E.left([unpaired(file.path, graph, model, pairs)]);
  const same = keptHeader(kept.right, pairs);
  const header = same === undefined ? freshHeader(output, pairs) : E.right(same);
  if (E.isLeft(header)) return E.left([header.left]);
  const counters = kept.right?.counters ?? new Map<string, string>();
  const bytes = chunks(header.right, pairs.weights, counters, watch(read));
  const written = writeFileAtomically(output, bytes);
  if (E.isLeft(written)) return E.left([written.left]);
  return E.right({ model: model.name, weights: pairs.weights.length, same: same !== undefined });
};
