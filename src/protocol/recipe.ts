/**
 * What a `train` declaration says, resolved: every clause, with the defaults written out. The checker makes it of the
 * rows of `clauses`; data, initial weights, steps and runs are made from it.
 */
import type { Extent } from '../ops/params.ts';
import type { Span } from '../syntax/source.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Selection } from './selection.ts';

/** A recipe with the net that it trains. */
export type Training = {
  readonly name: string;
  readonly doc: string;
  readonly span: Span; // of the name
  readonly net: TypedNet;
  /** the net as the declaration calls it: `D`, `D(classes = 10)` */
  readonly called: string;
  readonly recipe: Recipe;
  /** where each clause was written, by its word; one that was not written has its default */
  readonly places: ReadonlyMap<Word, Span>;
};

/** The clauses, by their words. */
export type Recipe = {
  readonly data: Data;
  readonly input: PixelNumbers;
  /** in the order in which a picture goes through them; without any, pictures are cut and scaled as `run` does */
  readonly augment: readonly Augmentation[];
  readonly loss: Loss;
  readonly optimizer: OptimizerSettings;
  readonly schedule: Schedule;
  /** pictures for one change of the weights */
  readonly batch: number;
  /** parts that a batch is computed in, one after the other; their gradients are averaged */
  readonly accumulate: number;
  readonly epochs: number;
  /** the largest norm of all gradients together; longer ones are made so long */
  readonly clip: number | undefined;
  readonly init: Initialisation;
  readonly initFrom: InitFrom | undefined;
  /** layers that stay as they begin */
  readonly freeze: readonly Selection[];
  readonly seed: number;
};

/** The word of a clause. */
export type Word = Exclude<keyof Recipe, 'initFrom'> | 'init from';

/** Pictures that are kept apart to validate: those at a path, or this share of them all by the hash of their names. */
export type Validation =
  | { readonly tag: 'path'; readonly path: string }
  | { readonly tag: 'share'; readonly share: number }
  /** the files that the set itself keeps apart, such as `test_batch.bin` */
  | { readonly tag: 'usual' };

/** Where pictures come from. Paths are as written, relative to the project root. */
export type Data =
  /** `train/CLASS/*.jpg`: a folder for each class, of any nesting below it; JPEG and PNG */
  | { readonly tag: 'imagefolder'; readonly path: string; readonly validation?: Validation }
  /** a folder with the binary version of CIFAR */
  | {
      readonly tag: 'cifar10' | 'cifar100';
      readonly path: string;
      readonly validation?: Validation;
    }
  /** a folder with IDX files under their usual names, perhaps with `.gz` */
  | { readonly tag: 'mnist'; readonly path: string; readonly validation?: Validation }
  /** a tar, or several with `{000..009}` in the name: `key.jpg` beside `key.cls` */
  | { readonly tag: 'webdataset'; readonly path: string; readonly validation?: Validation }
  /** `.npy` of pictures [n, h, w, c] or vectors [n, c], and of labels [n]; or one `.npz` with `x` and `y` */
  | {
      readonly tag: 'arrays';
      readonly path: string;
      readonly labels?: string;
      readonly validation?: Validation;
    }
  /** drawn, not read: `images` pictures of `size` x `size`, and `validation` others */
  | {
      readonly tag: 'shapes';
      readonly size: number;
      readonly classes: number;
      readonly images: number;
      readonly validation: number;
      /** how hard they are, from 0 to 1 */
      readonly clutter: number;
    };

/** Numbers, one for each channel; none stand for 0 or 1. `data` is measured once, over the training set. */
export type PerChannel = readonly number[] | 'data';

/** How a pixel p in 0–255 becomes a number: (p · scale − mean) / std, in the net's order of channels. */
export type PixelNumbers = {
  readonly order: 'rgb' | 'bgr' | 'grey';
  readonly scale: number;
  readonly mean: PerChannel;
  readonly std: PerChannel;
};

/** What is done to a picture each time it is trained on. */
export type Augmentation =
  /** the shorter side becomes S, drawn from `from` to `to`, both included */
  | { readonly tag: 'rescale'; readonly from: number; readonly to: number }
  /** `pad` black pixels are added at each side, then a piece is cut out anywhere */
  | { readonly tag: 'crop'; readonly size: Extent; readonly pad: number }
  /** left and right are exchanged, one time in two */
  | { readonly tag: 'flip' }
  /** Krizhevsky et al. 2012, section 4.1, with this standard deviation */
  | { readonly tag: 'rgb_shift'; readonly deviation: number };

/** Cross entropy of the main output, and of side outputs with their weights. */
export type Loss = {
  readonly tag: 'cross_entropy';
  /** ε: labels are (1 − ε)·one-hot + ε/classes */
  readonly smoothing: number;
  readonly sides: { readonly [output: string]: number };
};

/** Which weights decay: those called `kernel`, or all. */
export type Decay = 'kernels' | 'all';

/** The optimiser with its settings; `rate` is the one that the schedule starts from. */
export type OptimizerSettings =
  | {
      readonly tag: 'sgd';
      readonly rate: number;
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly weightDecay: number;
      readonly decay: Decay;
    }
  | {
      readonly tag: 'adam' | 'adamw';
      readonly rate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly eps: number;
      readonly weightDecay: number;
      readonly decay: Decay;
    };

/** How the rate changes. Epochs count from 0; a change `at` epoch n is there when n epochs are done. */
export type Schedule = {
  /** epochs in which the rate rises linearly from a tenth; 0 for none */
  readonly warmup: number;
  readonly shape:
    | { readonly tag: 'constant' }
    /** times `factor` at each of these epochs */
    | { readonly tag: 'step'; readonly at: readonly number[]; readonly factor: number }
    /** times `factor` after each `every` epochs */
    | { readonly tag: 'every'; readonly every: number; readonly factor: number }
    /** η/2 · (1 + cos(π · share that is done of the steps after the warm-up)) */
    | { readonly tag: 'cosine' }
    /**
     * times `factor` when validation has not become better for `patience` epochs; when it should be lowered once more
     * after `drops` times, training ends
     */
    | {
        readonly tag: 'plateau';
        readonly factor: number;
        readonly patience: number;
        readonly drops: number;
      };
};

/** How kernels start; biases are 0. */
export type Initialisation =
  | { readonly tag: 'normal'; readonly std: number }
  | { readonly tag: 'xavier' | 'kaiming'; readonly distribution: 'normal' | 'uniform' };

/** Weights that are taken from elsewhere. */
export type InitFrom = {
  readonly source:
    | { readonly tag: 'file'; readonly path: string }
    | { readonly tag: 'train'; readonly name: string };
  /** empty for all layers */
  readonly selections: readonly Selection[];
};
