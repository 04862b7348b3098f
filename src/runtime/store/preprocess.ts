/** How pixels become the numbers that a net takes. Weights are useless without this, so their file states it. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { RandomAccess } from '../data/bytes.ts';
import { parseObject, quoted, type JsonObject } from '../data/json.ts';
import { textOf } from '../data/text.ts';

/** The channels of pictures; `grey` has one, the others three. */
export const orders = ['rgb', 'bgr', 'grey'] as const;

/**
 * A pixel p in 0–255 of channel i becomes (p · scale − mean[i]) / std[i]. Mean and deviation are in the
 * order of the channels as the net takes them, blue first for `bgr`; an empty list stands for 0 and 1.
 */
export type Input = {
  readonly order: (typeof orders)[number]; // `grey` is 0.299 R + 0.587 G + 0.114 B, rounded as Pillow does
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The short side of the picture before the centre is cut out; without it the cut is as large as can be. */
  readonly resize?: number;
  /** The side of the square that is cut out of the centre for a net that takes any size; without it all is taken. */
  readonly crop?: number;
};

/** The description for a net with so many input channels, if its weights have none. */
export const defaultInput = (channels: number): Input => ({
  order: channels === 1 ? 'grey' : 'rgb',
  scale: 1,
  mean: [],
  std: [],
});

/** The channels that a picture has in this order. */
export const channelsOf = (order: Input['order']): number => (order === 'grey' ? 1 : 3);

/** The name under which a weight file's metadata has it. */
export const inputKey = 'netc.input';

/** `{"order":"bgr","scale":1,"mean":[103.9,116.8,123.7],"std":[]}` */
export const encodeInput = ({ order, scale, mean, std, resize, crop }: Input): string =>
  JSON.stringify({ order, scale, mean, std, resize, crop });

/** More than any description has. */
const mostBytes = 2 ** 16;

/** Larger than any picture may be. */
const mostPixels = 2 ** 26;

const isOrder = (x: unknown): x is Input['order'] => orders.some((order) => order === x);
const isReal = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x);
const isPositive = (x: unknown): x is number => isReal(x) && x > 0;

/** A number of pixels, or none. */
const isSide = (x: unknown): x is number | undefined =>
  x === undefined || (isPositive(x) && Number.isInteger(x) && x <= mostPixels);

/** Numbers for all channels, or for none. */
const isList = (
  x: unknown,
  channels: number,
  fits: (n: unknown) => n is number,
): x is readonly number[] =>
  Array.isArray(x) && (x.length === 0 || x.length === channels) && x.every(fits);

/** The description in an object, with defaults for missing entries; or its fault. */
const inputOf = (object: JsonObject): Either<string, Input> => {
  const known = ['order', 'scale', 'mean', 'std', 'resize', 'crop'];
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) return E.left(`has ${quoted(unknown)}, which netc does not know`);
  const { order = 'rgb', scale = 1, mean = [], std = [], resize, crop } = object;
  if (!isOrder(order)) return E.left(`needs an \`order\` of ${orders.join(', ')}`);
  const channels = channelsOf(order);
  if (!isReal(scale)) return E.left('needs a number as `scale`');
  if (!isList(mean, channels, isReal)) return E.left(`needs ${channels} numbers as \`mean\``);
  if (!isList(std, channels, isPositive))
    return E.left(`needs ${channels} positive numbers as \`std\``);
  if (!isSide(resize)) return E.left('needs a number of pixels as `resize`');
  if (!isSide(crop)) return E.left('needs a number of pixels as `crop`');
  return E.right({
    ...{ order, scale, mean, std },
    ...(resize === undefined ? {} : { resize }),
    ...(crop === undefined ? {} : { crop }),
  });
};

/** Reads the text of `encodeInput`, or returns its fault, which continues "it …". */
export const decodeInput = (json: string): Either<string, Input> => {
  const object = parseObject(json);
  return E.isLeft(object) ? object : inputOf(object.right);
};

/**
 * A description in a file of JSON, for a net with so many input channels (E0001, E0520, E0521); undefined
 * when the net takes no pictures.
 */
export const preparationIn = (
  file: RandomAccess,
  net: { readonly name: string; readonly channels: number | undefined },
): Either<Diagnostic, Input> => {
  const { path } = file;
  const malformed = (what: string): Diagnostic =>
    error(
      'E0520',
      startOf(path),
      `the description of pictures in \`${path}\` is malformed: ${what}`,
      {
        notes: [`such as ${encodeInput(defaultInput(net.channels ?? 3))}`],
      },
    );
  const text = textOf(file, mostBytes, malformed);
  if (E.isLeft(text)) return text;
  const input = decodeInput(text.right);
  if (E.isLeft(input)) return E.left(malformed(`it ${input.left}`));
  const { order } = input.right;
  if (channelsOf(order) === net.channels) return input;
  const takes = net.channels === undefined ? 'no pictures' : String(net.channels);
  const message = `pictures in \`${order}\` have ${channelsOf(order)} channels, but \`${net.name}\` takes ${takes}`;
  return E.left(error('E0521', startOf(path), message));
};

/** What the metadata of a weight file says of its input (E0504 if malformed), or the default. */
export const inputOfMetadata = (
  path: string,
  metadata: ReadonlyMap<string, string>,
  channels: number,
): Either<Diagnostic, Input> => {
  const json = metadata.get(inputKey);
  if (json === undefined) return E.right(defaultInput(channels));
  const message = `the weight file \`${path}\` is malformed: its \`${inputKey}\``;
  const input = decodeInput(json);
  return E.isLeft(input)
    ? E.left(error('E0504', startOf(path), `${message} ${input.left}`))
    : input;
};
