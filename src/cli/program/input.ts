/** Reads the input of a net: a picture, prepared as the weights say, or an array, taken as it is. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { extentOf, showType } from '../../ops/types.ts';
import { readNpy } from '../../runtime/files/arrays.ts';
import { readPicture } from '../../runtime/files/pictures.ts';
import { inputOfMetadata } from '../../runtime/store/preprocess.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import { startOf } from '../../syntax/source.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';

/** The name of a net, and the input of its rewritten graph. */
type Taker = Pick<TypedNet, 'name' | 'input'>;

const unfit = (
  file: string,
  net: Taker,
  what: string,
  notes: readonly string[] = [],
): Diagnostic => {
  const type = showType(net.input).replace('[', '[batch, ');
  return error('E0508', startOf(file), `\`${net.name}\` takes ${type}, but ${what}`, { notes });
};

/** Other ways in which arrays lie, and how NumPy makes `[batch, h, w, c]` of an array x; the likeliest first. */
const layouts: readonly {
  readonly rank: number;
  /** the axis of the array that is the height, the width and the channels */
  readonly axes: readonly [h: number, w: number, c: number];
  readonly name: string;
  readonly mended: string;
}[] = [
  {
    rank: 4,
    axes: [2, 3, 1],
    name: 'it has its channels first',
    mended: 'np.transpose(x, (0, 2, 3, 1))',
  },
  { rank: 3, axes: [0, 1, 2], name: 'it lacks the axis of the batch', mended: 'x[None]' },
  {
    rank: 3,
    axes: [1, 2, 0],
    name: 'it has its channels first and lacks the axis of the batch',
    mended: 'np.transpose(x, (1, 2, 0))[None]',
  },
];

/** How to save an array that is right but for the order of its axes. */
const layoutNotes = (shape: readonly number[], { input }: Taker): readonly string[] => {
  if (input.tag === 'vector')
    return shape.length === 1 && shape[0] === input.c
      ? ['it lacks the axis of the batch; save `x[None]`']
      : [];
  if (input.tag !== 'map') return [];
  const liesAs = (wanted: readonly unknown[]) =>
    layouts.find(
      ({ rank, axes }) =>
        shape.length === rank &&
        axes.every((axis, i) => wanted[i] === undefined || wanted[i] === shape[axis]),
    );
  const { h, w, c } = input;
  // an image of another size may be admissible, and lies likewise
  const found = liesAs([extentOf(h), extentOf(w), c]) ?? liesAs([undefined, undefined, c]);
  return found === undefined ? [] : [`${found.name}; save \`${found.mended}\``];
};

/** An array [batch, h, w, c] or [batch, c]; whether h and w are admissible is checked later. */
const readArray = (file: string, net: Taker): Or<Diagnostic, HostTensor> => {
  const array = readNpy(file);
  if (Either.isLeft(array)) return array;
  const { shape } = array.right;
  const rank = net.input.tag === 'map' ? 4 : 2;
  const channels = net.input.tag === 'unknown' ? undefined : net.input.c;
  if (shape.length !== rank || shape[rank - 1] !== channels || shape.some((n) => n === 0))
    return Either.left(
      unfit(file, net, `the array is [${shape.join(', ')}]`, layoutNotes(shape, net)),
    );
  return array;
};

/** Whether a file is an array, by its name, and not a picture. */
export const isArray = (file: string): boolean => file.toLowerCase().endsWith('.npy');

/** Of a picture the centre that the weights are used with, or as a `whole`. E0001, E0505–E0508, E0510, E0702. */
export const readInput = async (
  file: string,
  net: Taker,
  weights: WeightFile,
  whole: boolean,
): Promise<Or<Diagnostic, HostTensor>> => {
  if (isArray(file)) return readArray(file, net);
  const { input } = net;
  if (input.tag !== 'map' || typeof input.c !== 'number')
    return Either.left(unfit(file, net, 'a picture has height and width'));
  const preparation = inputOfMetadata(weights.path, weights.metadata, input.c);
  if (Either.isLeft(preparation)) return preparation;
  const frame = { h: extentOf(input.h), w: extentOf(input.w), c: input.c };
  const { crop, ...uncut } = preparation.right;
  return readPicture(file, frame, whole || crop === undefined ? uncut : { ...uncut, crop });
};
