/** The files of a GraphModel: shards of weights first, `model.json` last. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphModel } from '../../emit/graph-model/graph-model.ts';
import type { Graph } from '../../graph/graph.ts';
import { textChunks, type Chunks, type OutputFile } from '../../runtime/disk/files.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { hostWeights } from './host-weights.ts';

/** The shards as files. A weight that cannot be read ends the writing with its fault. */
function* shardFiles(model: GraphModel, graph: Graph, read: Provider): Generator<OutputFile> {
  const { weight, fault: faultOf } = hostWeights(graph, read);
  const shards = model.shards(weight)[Symbol.iterator]();
  const next = function* (): Generator<Or<Diagnostic, Uint8Array>> {
    const shard = shards.next();
    const fault = faultOf();
    if (fault !== undefined) yield Either.left(fault);
    else if (shard.done !== true) yield Either.right(shard.value.bytes);
  };
  for (const name of model.json.weightsManifest.flatMap((group) => group.paths))
    yield { name, chunks: next() satisfies Chunks };
}

/** What a model without weights still needs: the name, shape and type of each tensor, in order. */
export const manifestFile = 'weights.json';

/**
 * A model without weights names none in its own manifest, so that it still opens, and names missing weights when it is
 * run. The manifest of the missing weights lies beside it.
 */
export const modelFiles = (
  model: GraphModel,
  graph: Graph,
  read: Provider | undefined,
): readonly OutputFile[] => {
  const entry = (json: object): OutputFile => ({
    name: 'model.json',
    chunks: textChunks(JSON.stringify(json)),
  });
  if (read !== undefined) return [...shardFiles(model, graph, read), entry(model.json)];
  const needed = model.json.weightsManifest.flatMap((group) => group.weights);
  const manifest = {
    name: manifestFile,
    chunks: textChunks(`${JSON.stringify(needed, undefined, 2)}\n`),
  };
  return [manifest, entry({ ...model.json, weightsManifest: [] })];
};
