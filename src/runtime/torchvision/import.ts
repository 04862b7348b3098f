/** From a file of torchvision's to netc's: other names, another order of numbers. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { sameShape } from '../../numeric/tensor.ts';
import type { Chunks, RandomAccess } from '../data/bytes.ts';
import { quoted } from '../data/json.ts';
import { showShape } from '../data/shape.ts';
import { encodeInput, inputKey, type Input } from '../store/preprocess.ts';
import { inOneMessage } from '../store/grouped-faults.ts';
import { weightChunks } from '../store/safetensors-write.ts';
import {
  readWeights,
  unsupported,
  type Header,
  type Provider,
  type Weights,
} from '../store/safetensors.ts';
import {
  extraKey,
  missingKey,
  otherShape,
  reasonsFor,
  unknownFile,
  unpaired,
  type Differing,
} from './faults.ts';
import { encodeKept, keptOf, keptKey } from './roundtrip.ts';
import { toNet } from '../pytorch/layout.ts';
import { pairUp, type Pairs } from './pairs.ts';
import type { Model, Preparation } from '../zoo/zoo.ts';
import { moduleOf, prefixedModel, todaysName } from '../zoo/keys.ts';
import { versionOf, type Versioned, type WeightsVersion } from './versions.ts';

/** The weight file to write, while the file of torchvision's is open, and what messages say of it. */
export type Imported = {
  readonly chunks: Chunks;
  readonly model: string;
  /** keys of heads on the side that the net does not have */
  readonly without: readonly string[];
  readonly input: Input;
  readonly version: Versioned['version'];
  /** what stands in front of every key of the file, and is left out: `module.` */
  readonly prefix: string;
};

/** What no file states: whether `transform_input` was set, and which of the published weights it holds. */
export type Unstated = {
  readonly transform: boolean | undefined;
  readonly version: WeightsVersion | undefined;
};

/** ImageNet's statistics, or [−1, 1], for which `transform_input` exchanges them: ((p/255 − m)/s) · s/½ + (m − ½)/½. */
const inputOf = ({ resize, crop, transformed }: Preparation): Input => ({
  order: 'rgb',
  scale: 1 / 255,
  mean: transformed ? [0.5, 0.5, 0.5] : [0.485, 0.456, 0.406],
  std: transformed ? [0.5, 0.5, 0.5] : [0.229, 0.224, 0.225],
  resize,
  crop,
});

/** torchvision's name of today for a key of a file: older files have other names. */
type Naming = (key: string) => string;

const withoutPrefix =
  (prefix: string): Naming =>
  (key) =>
    todaysName(key.slice(prefix.length));

/** The file's own name of each key. */
const ownNames = (tensors: Header['tensors'], nameOf: Naming): ReadonlyMap<string, string> =>
  new Map(Array.from(tensors.keys(), (key) => [nameOf(key), key]));

/** All faults between the keys of a file and those that a net needs. */
const compare = (
  path: string,
  { tensors }: Header,
  pairs: Pairs,
  nameOf: Naming,
  reasons: (differing: readonly Differing[]) => readonly string[],
): readonly Diagnostic[] => {
  const own = ownNames(tensors, nameOf);
  const wanted = new Map(pairs.weights.map((pair) => [pair.key, pair]));
  const layers = new Map(pairs.weights.map((pair) => [moduleOf(pair.key), pair.layer]));
  const today = Array.from(tensors.keys(), (name) => [nameOf(name), name] as const);
  const leftOver = today.filter(([key, name]) => {
    if (own.get(key) !== name) return true; // a key of today and one of older days
    if (wanted.has(key) || pairs.without.includes(moduleOf(key))) return false;
    return !pairs.counters.includes(key); // of whatever type: it is not needed
  });
  const names = leftOver.map(([, name]) => name);
  const present = pairs.weights.flatMap((pair) => {
    const tensor = tensors.get(own.get(pair.key) ?? '');
    return tensor === undefined ? [] : [{ pair, tensor }];
  });
  const absent = pairs.weights.filter((pair) => !own.has(pair.key));
  const differing = present.filter((p) => !sameShape(p.tensor.shape, p.pair.layout.shape));
  const reason = reasons(differing);
  const file = `in \`${path}\``;
  return [
    inOneMessage(absent, {
      alone: (pair) => missingKey(path, pair, names),
      among: ({ key, layer, layout }) =>
        `${quoted(key)} of ${showShape(layout.shape)} for the layer ${quoted(layer)}`,
      title: (n) => `${n} keys are missing ${file}`,
    }),
    inOneMessage(differing, {
      alone: (p) => otherShape(path, p, reason),
      among: ({ pair: { layer, layout }, tensor }) =>
        `${quoted(tensor.name)} has ${showShape(tensor.shape)}, but the layer ${quoted(layer)} needs ${showShape(layout.shape)}`,
      title: (n) => `${n} keys ${file} have other shapes than their layers need`,
    }),
    inOneMessage(
      present.flatMap((p) => unsupported(path, p.tensor) ?? []),
      {
        alone: (d) => d,
        among: (d) => d.message,
        title: (n) => `${n} keys ${file} have number types that netc does not read`,
      },
    ),
    inOneMessage(leftOver, {
      alone: ([key, name]) =>
        extraKey(path, name, wanted.has(key) ? undefined : layers.get(moduleOf(key))),
      among: ([, name]) => quoted(name),
      title: (n) => `${n} keys ${file} belong to no layer`,
    }),
  ].flat();
};

/** The numbers of each weight of the net, by its path. The file must have been matched. */
const reordered = ({ read }: Weights, pairs: Pairs, own: ReadonlyMap<string, string>): Provider => {
  const byPath = new Map(pairs.weights.map((pair) => [pair.weight.path, pair]));
  return (path) => {
    const pair = byPath.get(path);
    if (pair === undefined) throw new Bug(`no key for ${path}`);
    return E.map((n: Float32Array) => toNet(pair.layout, n))(read(own.get(pair.key) ?? pair.key));
  };
};

/** A network, its keys with the weights of the net, and the file's own name of each key. */
type Matched = {
  readonly model: Model;
  readonly pairs: Pairs;
  readonly prefix: string;
  readonly own: ReadonlyMap<string, string>;
};

/** Recognises the network, and pairs its keys with the weights of the net. */
const matchKeys = (
  path: string,
  header: Header,
  graph: Graph,
): Either<readonly Diagnostic[], Matched> => {
  const keys = [...header.tensors.keys()];
  const found = prefixedModel(keys);
  if (found === undefined) return E.left([unknownFile(path, keys)]);
  const { model, prefix } = found;
  const pairs = pairUp(graph, model);
  if ('tag' in pairs) return E.left([unpaired(path, graph, model, pairs)]);
  const nameOf = withoutPrefix(prefix);
  const faults = compare(path, header, pairs, nameOf, (all) => reasonsFor(graph, model, all));
  const own = ownNames(header.tensors, nameOf);
  return faults.length > 0 ? E.left(faults) : E.right({ model, pairs, prefix, own });
};

/**
 * The weights of a file of torchvision's as those of a net. What the file does not state is by default what the
 * published weights need. `attached` is metadata that is written too. E0001, E0501–E0504, E0510, E0521.
 */
export const importedFrom = (
  file: RandomAccess,
  graph: Graph,
  unstated: Unstated,
  watch: (provider: Provider) => Provider,
  attached: ReadonlyMap<string, string>,
): Either<readonly Diagnostic[], Imported> => {
  const weights = readWeights(file);
  if (E.isLeft(weights)) return E.left([weights.left]);
  const matched = matchKeys(file.path, weights.right, graph);
  if (E.isLeft(matched)) return matched;
  const { model, pairs, prefix, own } = matched.right;
  const kept = keptOf(file, weights.right, model.name, pairs, prefix, own);
  if (E.isLeft(kept)) return E.left([kept.left]);
  const versioned = versionOf(model, file.path, unstated.version);
  if (E.isLeft(versioned)) return E.left([versioned.left]);
  const { preparation, version } = versioned.right;
  const transformed = unstated.transform ?? preparation.transformed;
  const input = inputOf({ ...preparation, transformed });
  const outgoing = pairs.weights.map((p) => ({ name: p.weight.path, shape: p.weight.spec.shape }));
  const metadata = new Map([
    [inputKey, encodeInput(input)],
    [keptKey, encodeKept(kept.right)],
    ...attached,
  ]);
  const chunks = weightChunks(outgoing, watch(reordered(weights.right, pairs, own)), metadata);
  const without = [...own].flatMap(([key, name]) =>
    pairs.without.includes(moduleOf(key)) ? [name] : [],
  );
  return E.right({ chunks, model: model.name, without, input, version, prefix });
};

/** A network of torchvision's, and which graphs its weights are for. */
export type Recognised = { readonly model: string; readonly fits: (graph: Graph) => boolean };

/** The network that a file of torchvision's holds (E0001, E0501, E0504). */
export const recognisedIn = (file: RandomAccess): Either<Diagnostic, Recognised> => {
  const header = readWeights(file);
  if (E.isLeft(header)) return header;
  const keys = [...header.right.tensors.keys()];
  const found = prefixedModel(keys);
  return found === undefined
    ? E.left(unknownFile(file.path, keys))
    : E.right({
        model: found.model.name,
        fits: (graph) => E.isRight(matchKeys(file.path, header.right, graph)),
      });
};
