/** The option `--input-bytes`: a model that takes the bytes of pictures and prepares them as the weights say. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { numberOf, showType } from '../../ops/types.ts';
import { lines } from '../../report/table.ts';
import {
  channelsOf,
  encodeInput,
  inputKey,
  inputOfMetadata,
  type Input,
} from '../../runtime/store/preprocess.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import { startOf } from '../../syntax/source.ts';
import type { Io } from '../host/io.ts';

/** How bytes become what the net takes (E0504; E0508 for a net that takes no pictures). */
export const preparationOf = (
  { net, input }: Graph,
  weights: Pick<WeightFile, 'path' | 'metadata'> | undefined,
): Or<Diagnostic, Input> => {
  const { type } = input;
  const channels = type.tag === 'map' ? (numberOf(type.c) ?? 0) : 0;
  const preparation = inputOfMetadata(
    weights?.path ?? '--weights',
    weights?.metadata ?? new Map(),
    channels,
  );
  if (Either.isLeft(preparation)) return preparation;
  const { order } = preparation.right;
  if (channelsOf(order) === channels) return preparation;
  const what = `\`${net}\` takes ${showType(type)}, which is not a picture in \`${order}\``;
  return Either.left(error('E0508', startOf('--input-bytes'), what));
};

/** What is left to do before such a model: it takes red, green and blue as they are. */
export const afterPreparation = (input: Input): readonly [key: string, value: string] => [
  inputKey,
  encodeInput({ ...input, order: 'rgb', scale: 1, mean: [], std: [] }),
];

/** `1/255`, where that is what is meant. */
const showScale = (scale: number): string => {
  const under = 1 / scale;
  return Number.isInteger(under) && under > 1 ? `/${under}` : `·${Number(scale.toPrecision(6))}`;
};

/** `bgr, (p/255 − [0.5, 0.5, 0.5]) / [0.2, 0.2, 0.2]`: what each pixel p becomes. */
const formula = ({ order, scale, mean, std }: Input): string => {
  const scaled = scale === 1 ? 'p' : `p${showScale(scale)}`;
  const shifted = mean.length === 0 ? scaled : `(${scaled} − [${mean.join(', ')}])`;
  const whole = std.length === 0 ? shifted : `${shifted} / [${std.join(', ')}]`;
  return `${order}, ${whole}`;
};

/** Says what the model takes, and what it makes of it. */
export const tellPreparation = (
  io: Io,
  { net }: Graph,
  input: Input,
  weights: string | undefined,
): void => {
  const as = weights === undefined ? 'weights that say nothing do' : `${weights} says`;
  io.err(
    lines(
      `${net}: the model takes pixels from 0 to 255 and prepares them as ${as}: ${formula(input)}`,
    ),
  );
};
