/** The files of a GraphModel: shards of weights first, `model.json` last. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphModel } from '../../emit/graph-model/graph-model.ts';
import type { Graph } from '../../graph/graph.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import type { OutputFile } from '../../runtime/disk/files.ts';
import { textChunks, type Chunks } from '../../runtime/data/bytes.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { hostWeights } from '../../rewrite/match/read-weights.ts';

/** Is shown each weight when it is written. */
export type See = (path: string, weight: HostTensor) => void;

/** The shards as files. A weight that cannot be read ends the writing with its fault. */
function* shardFiles(
  model: GraphModel,
  graph: Graph,
  read: Provider,
  see: See,
): Generator<OutputFile> {
  const { weight, fault: faultOf } = hostWeights(graph, read);
  const seen = (path: string): HostTensor => {
    const tensor = weight(path);
    see(path, tensor);
    return tensor;
  };
  const shards = model.shards(seen)[Symbol.iterator]();
  const next = function* (): Generator<Or<Diagnostic, Uint8Array>> {
    const shard = shards.next();
    const fault = faultOf();
    if (fault !== undefined) yield Either.left(fault);
    else if (shard.done !== true) yield Either.right(shard.value.bytes);
  };
  for (const name of model.json.weightsManifest.flatMap((group) => group.paths))
    yield { name, chunks: next() satisfies Chunks };
}

/** What a model without weights still needs: the name, shape and type of each weight, in order. */
export const manifestFile = 'weights.json';

/** A weight file without any weight, for a model that stores none. */
const nothing: Provider = (path) => {
  throw new Bug(`${path} is read for a model without weights`);
};

/**
 * A model without weights stores its constants all the same, and its manifest names no weight, so that it opens, and
 * names missing weights when it is run. The list of the missing weights lies beside it.
 */
export const modelFiles = (
  model: GraphModel,
  graph: Graph,
  read: Provider = nothing,
  see: See = () => {},
): readonly OutputFile[] => {
  const json = (name: string, content: string): OutputFile => ({
    name,
    chunks: textChunks(content),
  });
  const { missing } = model;
  const list =
    missing.length === 0 ? [] : [json(manifestFile, `${JSON.stringify(missing, undefined, 2)}\n`)];
  return [
    ...shardFiles(model, graph, read, see),
    ...list,
    json('model.json', JSON.stringify(model.json)),
  ];
};
