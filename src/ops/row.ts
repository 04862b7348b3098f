/**
 * An operator is one row, stated once and read by everyone: checker, summary, documentation, lowering,
 * reference and tests are folds over the table.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Tensor } from '../numeric/tensor.ts';
import type { Lowered } from '../kernel/kernel.ts';
import type { Args, OpParam } from './params.ts';
import type { Slides } from './parts/windows.ts';
import type { SymbolicRow } from './symbolic/rules.ts';
import type { Reading } from '../size/views.ts';
import type { Channels, MaybeAxis, TensorType } from './types.ts';

/**
 * What can be wrong with the shapes that reach a layer. The checker gives it places and words. `branch`
 * counts the inputs of a join from 0.
 */
export type ShapeFault =
  /** a map where a vector is needed, or the reverse */
  | { readonly tag: 'rank'; readonly needs: 'map' | 'vector'; readonly found: TensorType }
  /** `groups` does not divide the channels that come in or go out */
  | {
      readonly tag: 'groups';
      readonly groups: number;
      readonly channels: number;
      readonly side: 'input' | 'output';
    }
  /** the layer states the channels it expects */
  | { readonly tag: 'channels'; readonly expected: number; readonly found: number }
  /** the layer states the height or width of the map it takes */
  | {
      readonly tag: 'size';
      readonly axis: 'h' | 'w';
      readonly expected: number;
      readonly found: number;
    }
  /** a cut `from..to` outside the channels */
  | { readonly tag: 'cut'; readonly from: number; readonly to: number; readonly channels: number }
  /** a pool's padding must be smaller than its window, or a window would see no pixel */
  | { readonly tag: 'pool padding'; readonly padding: number; readonly window: number }
  /** the input of `branch` cannot be joined with the first: another rank, or other channels */
  | {
      readonly tag: 'join rank';
      readonly branch: number;
      readonly first: TensorType;
      readonly other: TensorType;
    }
  | {
      readonly tag: 'join channels';
      readonly branch: number;
      readonly first: number;
      readonly other: number;
    }
  /** the shape of a weight would depend on the image: h·w·c of a map of free size */
  | { readonly tag: 'free'; readonly input: TensorType }
  /** sizes repeat only every `period` pixels: too rarely to be followed */
  | { readonly tag: 'too long'; readonly period: number };

/** What must hold beside the type: decided at once for fixed sizes, else it narrows the admissible inputs. */
export type Condition = {
  readonly tag: 'agree'; // two branches of a join, or a map and the size that a layer states
  readonly axis: 'h' | 'w';
  readonly branch: number;
  readonly first: MaybeAxis;
  readonly other: MaybeAxis;
};

/** What a layer gives, and what must hold of sizes for it to do so. */
export type Typing = {
  readonly type: TensorType;
  readonly conditions: readonly Condition[];
  /** numbers of channels that must be equal, where a parameter without a value leaves that open */
  readonly alike?: readonly (readonly [Channels, Channels])[];
};

/** How many numbers a unit reads, and how many units read a number: a window times the channels of a group. */
export type Fans = { readonly in: number; readonly out: number };

/** How a weight starts: drawn, so large as its fans say, or all alike. */
export type Initial =
  | { readonly tag: 'drawn'; readonly fans: Fans }
  | { readonly tag: 'constant'; readonly value: number };

/** A weight that a row asks for, before there is a path for it. */
export type WeightSpec = {
  readonly name: string; // `kernel`, `bias`, `gamma`, …
  readonly shape: readonly number[];
  readonly initial: Initial;
  readonly trained: boolean; // running statistics are not, and do not count as parameters
};

/** So many operations at each place of the input or the output. */
export type OpCount = { readonly at: 'input' | 'output'; readonly each: number };

/** Which pixels of its input a pixel of a layer's output is made of, along both axes. */
export type Readings = { readonly h: Reading; readonly w: Reading };

/** Channels `from` up to `to`, which is left out; ∞ stands for a number that is not known. */
export type Band = { readonly from: number; readonly to: number };

/** What `lower` may ask of the place it lowers for. */
export type Operands = { readonly inputs: readonly TensorType[]; readonly output: TensorType };

/** What a layer computes while it is trained. */
export type Training = {
  readonly value: Lowered;
  /** what replaces weights after the step, by their names: running statistics */
  readonly next?: { readonly [weight: string]: Lowered };
  /** The layer reads a mask, as one more input behind its own: as large as the output, new for each step. */
  readonly mask?: Mask;
};

/** Numbers each of which is 1/keep with probability `keep`, and 0 otherwise. */
export type Mask = { readonly keep: number };

/** Arguments and inputs that a row takes, on which its parts are compared with each other. */
export type Sample = { readonly args: Args; readonly inputs: readonly TensorType[] };

/** How an operator stands in for layers that a rule leaves open. */
export type Filling = {
  readonly order: number; // simpler ones are smaller
  /** beside the defaults; `channels` are for the layer to give, where it projects */
  readonly args?: (channels: number) => Args;
};

/** An operator: all that netc knows of it but its name, which is its key in the table. */
export type Operator = {
  readonly family:
    'convolution' | 'dense' | 'pooling' | 'normalisation' | 'activation' | 'shape' | 'join';
  readonly doc: string; // Markdown; the formula and its source
  /** as in a program, with the types: `conv3-64 : [224, 224, 3] -> [224, 224, 64]` */
  readonly examples: readonly [string, string];
  /** layers take one input; a join takes two or more and is written with its sign, not its name */
  readonly inputs:
    { readonly tag: 'one' } | { readonly tag: 'join'; readonly sign: '+' | '*' | '|' };
  readonly params: readonly OpParam[];
  /** a join that is the same for every order of its inputs */
  readonly commutes?: true;
  /** a join that puts its inputs one after the other: joining some neighbours first changes nothing */
  readonly stacks?: true;
  /** y = x, always */
  readonly identity?: true;
  /** each number is made of the one at its place, and perhaps of weights */
  readonly elementwise?: true;
  /** each number times the argument, which is not trained */
  readonly scales?: true;
  /** it makes 0 of what is negative */
  readonly rectifies?: true;
  /** it normalises by the statistics of a batch, and keeps running ones */
  readonly statistics?: true;
  /** any number of channels of an input of this rank, each a sum over all that come in at a place */
  readonly projects?: 'map' | 'vector';
  /** a vector of a map: of all its numbers, or of the mean of each channel */
  readonly makesVector?: 'numbers' | 'means';
  /** the map is so many times as high and as wide as this argument says */
  readonly enlarges?: string;
  /** means of windows of a map */
  readonly averages?: true;
  /** probabilities of scores: its results at a place sum to 1 */
  readonly sumsToOne?: true;
  /** y = x, for maps of a size that is stated */
  readonly holdsSize?: true;
  /** only the border of a map is another */
  readonly border?: 'added' | 'cut';
  /** rules are tested with it where they leave layers open */
  readonly fills?: Filling;
  /** how PyTorch’s kernel lies; `[out, 1, h, w]` is of one channel each */
  readonly torchKernel?: '[out, in, h, w]' | '[in, out, h, w]' | '[out, 1, h, w]' | '[out, in]';
  /** of the types with any sizes, symbolic ones too */
  readonly shape: (args: Args, inputs: readonly TensorType[]) => Either<ShapeFault, Typing>;
  readonly weights: (args: Args, inputs: readonly TensorType[]) => readonly WeightSpec[];
  /** the type and the weights once more, for all arguments at once: rewrite rules are proved with it */
  readonly symbolic: SymbolicRow;
  /** multiply–adds at each pixel; a vector is one pixel */
  readonly macs: (args: Args, inputs: readonly TensorType[]) => OpCount;
  /** floating-point operations at each element, beside two for each multiply–add */
  readonly extraFlops: (args: Args, inputs: readonly TensorType[]) => OpCount;
  /** the windows of rows that have `size`, `stride` and `pad` */
  readonly windows?: (args: Args) => Slides;
  /** `whole` reads the whole map, for every pixel or number of the output */
  readonly field: (args: Args, inputs: readonly TensorType[]) => Readings | 'whole';
  /** the channels of the output that are made of those in a band; all of them where this is left out */
  readonly changes?: (args: Args, band: Band, channels: number | undefined) => Band;
  /** float64, with the batch as first axis; `weights` by name */
  readonly reference: (
    args: Args,
    inputs: readonly Tensor[],
    weights: { readonly [name: string]: Tensor },
  ) => Tensor;
  readonly lower: (args: Args, site: Operands) => Lowered;
  /** what it lowers to while it is trained, if that is something else */
  readonly training?: (args: Args, site: Operands) => Training;
  /** arguments and inputs that are fine, and ones that are not: the laws are tested on them */
  readonly samples: readonly Sample[];
  readonly mistakes: readonly (Sample & { readonly fault: ShapeFault['tag'] })[];
};
