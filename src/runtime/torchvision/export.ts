/** From a weight file of netc's back to torchvision's. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { sameShape } from '../../numeric/tensor.ts';
import type { Chunks } from '../data/bytes.ts';
import { parseHeader, type Header, type Provider, type Weights } from '../store/safetensors.ts';
import { matchWeights } from '../store/weights.ts';
import { encode } from '../pytorch/encode.ts';
import { unknownNet, unpaired } from './faults.ts';
import { opening, type Text } from '../pytorch/header.ts';
import { headerText, usual } from './header.ts';
import { isCounter, keptIn, type Kept } from './roundtrip.ts';
import { toTorch } from '../pytorch/layout.ts';
import { pairUp, type Pair, type Pairs } from './pairs.ts';
import { modelOfNet } from './recognise.ts';
import { todaysName, modelNamed } from '../zoo/keys.ts';

/** The file to write, while the weights can be read, and what messages say of it. */
export type Exported = {
  readonly chunks: Chunks;
  readonly model: string;
  readonly weights: number;
};

/** The text of a header, and its content. */
type Written = { readonly text: string; readonly header: Header };

const parsed = (path: string, { header: text, bytes }: Text): Either<Diagnostic, Written> =>
  E.map((header: Header) => ({ text, header }))(parseHeader(path, text, bytes));

/** Whether a header fits the net: a net of other classes, say, has other shapes. */
const fits = ({ tensors }: Header, { weights, counters }: Pairs): boolean => {
  const wanted = new Map(weights.map((p) => [p.key, p]));
  const sound = [...tensors.values()].every((t) => {
    const name = todaysName(t.name);
    const pair = wanted.get(name);
    if (pair === undefined) return isCounter(t) && counters.includes(name);
    const writable = encode(new Float32Array(), t.dtype) !== undefined;
    return writable && sameShape(t.shape, pair.layout.shape);
  });
  const count = [...tensors.keys()].filter((name) => wanted.has(todaysName(name))).length;
  return sound && count === wanted.size;
};

/** The original header if it still fits, else one as safetensors writes it. */
const headerFor = (path: string, kept: Kept | undefined, pairs: Pairs) => {
  const written = kept?.written ?? usual;
  if ('dtype' in written) return parsed(path, headerText(pairs, written));
  const before = parsed(path, written);
  return E.isRight(before) && !fits(before.right.header, pairs)
    ? parsed(path, headerText(pairs, usual))
    : before;
};

const counted = (n: string): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt(n), true);
  return new Uint8Array(view.buffer);
};

function* bytesOf(
  { text, header }: Written,
  pairs: readonly Pair[],
  counters: Kept['counters'],
  read: Provider,
): Generator<Either<Diagnostic, Uint8Array>> {
  for (const bytes of opening(text)) yield E.right(bytes);
  const byKey = new Map(pairs.map((p) => [p.key, p]));
  for (const { name, dtype } of header.tensors.values()) {
    const pair = byKey.get(todaysName(name));
    if (pair === undefined)
      yield E.right(counted(typeof counters === 'string' ? counters : (counters.get(name) ?? '0')));
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
 * The weights of a net as torchvision has them: the very bytes that were imported, or, for weights
 * that never were torchvision's, what `safetensors.torch.save_file` gives. E0501–E0504, E0510.
 */
export const exportedFrom = (
  file: Weights,
  graph: Graph,
  watch: (provider: Provider) => Provider,
): Either<readonly Diagnostic[], Exported> => {
  const matched = matchWeights(
    file,
    graph.nodes.flatMap((n) => n.weights),
  );
  const read = resultOf(matched);
  if (read === undefined) return E.left(diagnosticsOf(matched));
  const kept = keptIn(file.path, file.metadata);
  if (E.isLeft(kept)) return E.left([kept.left]);
  const model = modelNamed(kept.right?.model ?? '') ?? modelOfNet(graph);
  if (model === undefined) return E.left([unknownNet(file.path, graph)]);
  const pairs = pairUp(graph, model);
  if ('tag' in pairs) return E.left([unpaired(file.path, graph, model, pairs)]);
  const header = headerFor(file.path, kept.right, pairs);
  if (E.isLeft(header)) return E.left([header.left]);
  const counters = kept.right?.counters ?? '0';
  const chunks = bytesOf(header.right, pairs.weights, counters, watch(read));
  return E.right({ chunks, model: model.name, weights: pairs.weights.length });
};
