/** Whether a set can be made what a net takes. */
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { showShape } from '../data/shape.ts';
import { channelsOf } from '../store/preprocess.ts';
import type { Address } from './address.ts';
import type { Part, PictureSet } from './dataset.ts';
import { notForNumbers, unfit } from './faults.ts';
import type { Settings, Takes } from './loader.ts';
import { seenOf, type Look } from './prepare/look.ts';

/** Without the axis of the batch: `[32, 32, 3]` or `[784]`. */
const shapeOf = (takes: Takes): readonly number[] =>
  takes.tag === 'vector' ? [takes.c] : [takes.h, takes.w, takes.c];

/** Pictures become as large as they must; their channels do not. */
const pictures = (
  path: string,
  { takes, input }: Pick<Settings, 'takes' | 'input'>,
): Diagnostic | undefined => {
  if (takes.tag === 'vector')
    return unfit(path, `it has pictures, and the net takes ${showShape(shapeOf(takes))}`);
  const channels = channelsOf(input.order);
  return channels === takes.c
    ? undefined
    : unfit(
        path,
        `as \`${input.order}\` a picture has ${channels === 1 ? '1 channel' : `${channels} channels`}, the net takes ${takes.c}`,
        `say how the net takes pictures: \`input ${takes.c === 1 ? 'grey' : 'rgb'}\``,
      );
};

/** Numbers have the shape that they have, unless a piece is cut out. */
const numbers = (
  path: string,
  found: readonly number[],
  { takes, augment }: Pick<Settings, 'takes' | 'augment'>,
): Diagnostic | undefined => {
  const wrong = augment.find(({ tag }) => tag === 'rescale' || tag === 'rgb_shift');
  if (wrong !== undefined) return notForNumbers(path, wrong.tag);
  const crop = augment.find((step) => step.tag === 'crop');
  const wanted = shapeOf(takes);
  const fits = (i: number): boolean => {
    const [there = 1, asked = 1] = [found.at(i), wanted.at(i)];
    // a crop is cut out of what is larger, or out of the padding
    return i === -1 || crop === undefined ? there === asked : there + 2 * crop.pad >= asked;
  };
  return found.length === wanted.length && [-1, -2, -3].every(fits)
    ? undefined
    : unfit(path, `it has arrays of ${showShape(found)}, and the net takes ${showShape(wanted)}`);
};

/** Why the set does not become what the net takes, if so (E0910, E0912). */
export const misfitOf = (
  { path, train, validation }: PictureSet,
  settings: Settings,
): Diagnostic | undefined => {
  const { takes, augment } = settings;
  for (const step of augment)
    if (
      step.tag === 'crop' &&
      (takes.tag === 'vector' || step.size.h !== takes.h || step.size.w !== takes.w)
    )
      throw new Bug(`a crop of ${step.size.h}x${step.size.w} is not what the net takes`);
  // the parts may be of two files
  const parts = validation === undefined || validation.count === 0 ? [train] : [train, validation];
  for (const part of parts) {
    const address = part.address(0);
    const fault =
      address.tag === 'numbers'
        ? numbers(path, arrayShape(address, takes.tag === 'vector'), settings)
        : pictures(path, settings);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** The shape of an array, without the axis of the batch. */
const arrayShape = (
  { h, w, channels }: Extract<Address, { readonly tag: 'numbers' }>,
  isForVectors: boolean,
): readonly number[] => (isForVectors && h * w === 1 ? [channels] : [h, w, channels]);

/** Why pictures cannot be looked at in these ways, if so (E0910, E0912). */
export const lookMisfit = (
  path: string,
  part: Part,
  takesVectors: boolean,
  looks: readonly Look[],
): Diagnostic | undefined => {
  const address = part.address(0);
  for (const look of looks) {
    const { pieces, channels: c, input } = look;
    const own = address.tag === 'numbers' ? address : { h: 1, w: 1 };
    const takes: Takes = takesVectors
      ? { tag: 'vector', c }
      : { tag: 'map', ...seenOf(own, look).size, c };
    if (address.tag !== 'numbers') {
      const fault = pictures(path, { takes, input });
      if (fault !== undefined) return fault;
      continue;
    }
    const isScaled =
      pieces.tag === 'center'
        ? pieces.augment.some(({ tag }) => tag === 'rescale')
        : pieces.side !== undefined;
    if (isScaled) return notForNumbers(path, 'scales');
    const found = arrayShape(address, takesVectors);
    const augment = pieces.tag === 'center' ? pieces.augment : cutFrom(takes);
    const fault = numbers(path, found, { takes, augment });
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** Pieces are cut out of what may be larger. */
const cutFrom = (takes: Takes): Settings['augment'] =>
  takes.tag === 'vector' ? [] : [{ tag: 'crop', size: { h: takes.h, w: takes.w }, pad: 0 }];
