/** What workers tell each other beside gradients: texts, which go the same way. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Cluster, Team } from '../cluster.ts';
import { collective, keys } from './collective.ts';
import type { Library, OpenModel } from './library.ts';
import type { NodeDef } from './node.ts';
import { savedModel } from './saved-model.ts';

/** A text lies in so many whole numbers, its length first. */
const [bytesOfText, numbersOfText] = [4096, 1 + 4096 / 4];

/** Each worker feeds zeros but for its own place, so that the sum has all texts. */
const model = (workers: number): readonly NodeDef[] => {
  const shape = [workers * numbersOfText];
  const scalar = (name: string, n: number): NodeDef => ({
    ...{ name, op: 'Const', inputs: [] },
    attributes: {
      dtype: { type: 'int32' },
      value: { tensor: { shape: [], data: Int32Array.of(n) } },
    },
  });
  return [
    {
      ...{ name: 'own', op: 'Placeholder', inputs: [] },
      attributes: { dtype: { type: 'int32' }, shape: { shape } },
    },
    scalar('workers', workers),
    scalar('group', keys.group),
    scalar('texts', keys.texts),
    { name: 'sum', inputs: ['own', 'workers', 'group', 'texts'], ...collective('int32') },
    { name: 'all', op: 'Identity', inputs: ['sum'], attributes: { T: { type: 'int32' } } },
  ];
};

/** A text at a worker's place, and zeros for all others. */
const encoded = (text: string, rank: number, workers: number): Float32Array => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > bytesOfText) throw new Bug(`workers tell ${bytes.length} bytes at once`);
  const all = new Int32Array(workers * numbersOfText);
  all[rank * numbersOfText] = bytes.length;
  new Uint8Array(all.buffer).set(bytes, 4 * (rank * numbersOfText + 1));
  return new Float32Array(all.buffer); // as the library is fed: bits
};

const decoded = (all: Float32Array, rank: number): string => {
  const begin = all.byteOffset + 4 * rank * numbersOfText;
  const [length = 0] = new Int32Array(all.buffer, begin, 1);
  return new TextDecoder().decode(new Uint8Array(all.buffer, begin + 4, length));
};

/** The workers of a cluster, whose servers run on the library. */
export const teamOn = (library: Library, cluster: Cluster): Team => {
  const { rank, addresses } = cluster;
  const workers = addresses.length;
  let opening: Promise<OpenModel> | undefined;
  const opened = async (): Promise<OpenModel> => {
    const open = await library.open(savedModel(model(workers)));
    if (E.isLeft(open)) throw new RangeError('TensorFlow has no memory for what workers tell');
    return open.right;
  };
  return {
    ...cluster,
    share: async (text) => {
      const { run } = await (opening ??= opened());
      const shape = [workers * numbersOfText];
      const all = await run([{ name: 'own', shape, data: encoded(text, rank, workers) }], ['all']);
      if (E.isLeft(all)) throw new RangeError('TensorFlow has no memory for what workers tell');
      return addresses.map((_, of) => decoded(all.right[0]!, of));
    },
  };
};
