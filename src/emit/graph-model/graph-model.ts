/**
 * A net as a GraphModel of TensorFlow.js: `model.json` and shards of weights, which `tf.loadGraphModel`
 * opens as they are. Nothing is written here; the caller has the files.
 */
import { Bug } from '../../diagnostic/bug.ts';
import { bytesOf } from '../../kernel/shape.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { parameterIn, partOf, type HostTensor } from '../../lower/weight-part.ts';
import { tensorShape, type DataType, type NodeDef, type TensorShape } from './attributes.ts';
import { nodesOf, type End, type Stored } from './nodes.ts';
import type { Pixels } from './pixels.ts';

/** The size of every shard but the last; a larger last one would be cut wrongly by the loader. */
const SHARD = 4 * 1024 * 1024;

type Port = {
  readonly name: string;
  readonly dtype: DataType;
  readonly tensorShape: TensorShape;
};
type Ports = { readonly [name: string]: Port };

/** `model.json`, as `JSON.stringify` takes it. */
export type ModelJson = {
  readonly format: 'graph-model';
  readonly generatedBy: string;
  readonly convertedBy: string;
  readonly signature: { readonly inputs: Ports; readonly outputs: Ports };
  readonly modelTopology: {
    readonly node: readonly NodeDef[];
    readonly library: object;
    readonly versions: { readonly producer: number; readonly minConsumer: number };
  };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly Entry[];
  }[];
  readonly userDefinedMetadata?: object;
};

/** A file of weights beside `model.json`; they are read one after the other as one. */
export type Shard = { readonly path: string; readonly bytes: Uint8Array };

/** A tensor of the weight files. */
export type Entry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
};

/** What `tf.loadGraphModel` opens, before it is written. */
export type GraphModel = {
  readonly json: ModelJson;
  /** the weights that the files lack, so that the model opens but does not run */
  readonly missing: readonly Entry[];
  /** the weight files one after the other, made when they are asked for */
  readonly shards: (weight: (path: string) => HostTensor) => Iterable<Shard>;
};

/** How a model is made. */
export type Making = {
  readonly generatedBy: string; // netc and its version
  /** kept as it is: how pixels become numbers, for one */
  readonly metadata?: object | undefined;
  /** whether the weights are stored with the constants; they are, unless given otherwise */
  readonly withWeights?: boolean;
  /** takes pixels instead of what its net takes, and prepares them */
  readonly pixels?: Pixels | undefined;
};

/** The model of a program. */
export const graphModel = (
  program: KernelProgram,
  { generatedBy, metadata, withWeights = true, pixels }: Making,
): GraphModel => {
  const { nodes, stored: all, ...ends } = nodesOf(program, pixels);
  const isThere = (s: Stored): boolean => withWeights || s.value.tag === 'data';
  const stored = all.filter(isThere);
  const size = stored.reduce((n, s) => n + bytesOf(s.shape), 0);
  const count = Math.ceil(size / SHARD);
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const json: ModelJson = {
    format: 'graph-model',
    generatedBy,
    convertedBy: generatedBy,
    signature: {
      inputs: Object.fromEntries(ends.inputs.map(port)),
      outputs: Object.fromEntries(ends.outputs.map(port)),
    },
    modelTopology: { node: nodes, library: {}, versions: { producer: 1087, minConsumer: 12 } },
    weightsManifest: stored.length === 0 ? [] : [{ paths, weights: stored.map(entryOf) }],
    ...(metadata === undefined ? {} : { userDefinedMetadata: metadata }),
  };
  return {
    json,
    missing: all.filter((s) => !isThere(s)).map(entryOf),
    shards: (weight) => shardsOf(paths, size, stored, weight),
  };
};

const entryOf = ({ name, shape, dtype }: Stored): Entry => ({ name, shape, dtype });

const port = ({ name, node, dtype, shape }: End): readonly [string, Port] => [
  name,
  { name: `${node}:0`, dtype, tensorShape: tensorShape(shape) },
];

/** The stored tensors end to end, cut into pieces. */
function* shardsOf(
  paths: readonly string[],
  size: number,
  stored: readonly Stored[],
  weight: (path: string) => HostTensor,
): Generator<Shard> {
  let shard = 0;
  let filled = 0;
  let buffer = new Uint8Array(Math.min(SHARD, size));
  for (const s of stored) {
    const bytes = bytesIn(s, weight);
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + SHARD - filled);
      buffer.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled === SHARD) {
        yield { path: paths[shard++]!, bytes: buffer };
        buffer = new Uint8Array(Math.min(SHARD, size - shard * SHARD));
        filled = 0;
      }
    }
  }
  if (filled > 0) yield { path: paths[shard]!, bytes: buffer };
}

/** Little-endian, as every machine is that runs Node and as the loader expects. */
const bytesIn = (s: Stored, weight: (path: string) => HostTensor): Uint8Array => {
  const { data } =
    s.value.tag === 'data' ? s.value : partOf(s.value.value, weight(parameterIn(s.value.value)));
  if (4 * data.length !== bytesOf(s.shape)) throw new Bug(`${s.name} is not [${s.shape}]`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};
