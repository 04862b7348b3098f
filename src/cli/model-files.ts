/** The files of a GraphModel: shards of weights first, `model.json` last. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { GraphModel } from '../lower/emit/graph-model.ts';
import type { Program as Kernels } from '../lower/kernels.ts';
import { textChunks, type Chunks, type OutputFile } from '../runtime/files.ts';
import type { Provider } from '../runtime/safetensors.ts';
import { hostWeights } from './host-weights.ts';

/** The shards as files. What cannot be read of the weights ends the writing with its fault. */
function* shardFiles(model: GraphModel, program: Kernels, read: Provider): Generator<OutputFile> {
  const { weight, fault: faultOf } = hostWeights(program, read);
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

/** A model without weights lists none: it opens, and says which are missing when it is run. */
export const modelFiles = (
  model: GraphModel,
  program: Kernels,
  read: Provider | undefined,
): readonly OutputFile[] => {
  const json = read === undefined ? { ...model.json, weightsManifest: [] } : model.json;
  const shards = read === undefined ? [] : [...shardFiles(model, program, read)];
  return [...shards, { name: 'model.json', chunks: textChunks(JSON.stringify(json)) }];
};
