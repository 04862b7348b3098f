/** Weights of a page: the bytes of a safetensors file, or drawn ones. */
import { error } from '../../diagnostic/diagnostic.ts';
import { checked, failed, resultOf, type Checked } from '../../diagnostic/checked.ts';
import type { Graph } from '../../graph/graph.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { inMemory } from '../../runtime/data/bytes.ts';
import { initialise } from '../../runtime/store/initialise.ts';
import { readWeights, type Provider, type Weights } from '../../runtime/store/safetensors.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import { startOf } from '../../syntax/source.ts';
import { passesOfNet } from '../../typecheck/net/variants.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { answer, oneFault, type Answer } from './answer.ts';

/** Reads the header of a safetensors file (E0504, E0510); its bytes must stay. `name` is what messages call it. */
export const loadWeights = (
  bytes: ArrayBuffer | Uint8Array,
  name = 'weights.safetensors',
): Answer<Weights> => {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return answer(oneFault(readWeights(inMemory(name, all))));
};

/** Which weights a net gets. */
export type WeightsGiven = {
  readonly weights?: Weights;
  /** draws weights, as `netc weights init --seed` does */
  readonly seed?: number;
};

/** The weights of a graph (E0501, E0502, E0510, or no weights where the net has some). */
export const providerFor = (
  net: TypedNet,
  graph: Graph,
  { weights, seed }: WeightsGiven,
): Checked<Provider> => {
  const wanted = weightsOf(graph);
  if (weights !== undefined) {
    const passes = passesOfNet(net).map(({ name }) => name.text);
    const init = `open(program, engine, { net: '${net.name}', seed: 7 })`;
    const matched = matchWeights(weights, wanted, { name: net.name, passes, init, spare: [] });
    const read = resultOf(matched);
    return read === undefined ? matched : checked(read, []);
  }
  if (seed !== undefined || wanted.length === 0) return checked(initialise(wanted, seed ?? 0), []);
  return failed(
    error('E0501', startOf(net.name), `\`${net.name}\` has weights, and none are given`, {
      notes: ['give `weights`, or a `seed` to draw some'],
    }),
  );
};

/** The metadata of the weights; without any, none. */
export const metadataOf = ({ weights }: WeightsGiven): ReadonlyMap<string, string> =>
  weights?.metadata ?? new Map();

export const nameOf = ({ weights }: WeightsGiven): string => weights?.path ?? 'weights';
