/** Pictures with labels, wherever they come from: what `data` of a recipe opens. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { PictureSize } from '../store/picture-place.ts';
import type { Address } from './address.ts';

/** Bytes of a picture, row by row, the channels of a pixel side by side: 1 is grey, 3 are red, green and blue. */
export type Pixels = {
  readonly tag: 'pixels';
  readonly h: number;
  readonly w: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
};

/** What an array file has in place of bytes: numbers of any size in any number of channels; h = w = 1 for a vector. */
export type Numbers = {
  readonly tag: 'numbers';
  readonly h: number;
  readonly w: number;
  readonly channels: number;
  readonly data: Float32Array;
};

/** One example of a set. */
export type Sample = Pixels | Numbers;

/** A picture that cannot be read, and why. */
export type Broken = { readonly name: string; readonly reason: string };

/** Pictures in an order that stays: by the bytes of their names, or as in their file. */
export type Part = {
  readonly count: number;
  /** the class of each */
  readonly labels: Uint32Array;
  /** what a person finds it by: a path, or a file with a number */
  readonly name: (index: number) => string;
  /** where it is, for a thread that is to read it */
  readonly address: (index: number) => Address;
  readonly pixels: (index: number) => Promise<Either<Broken, Sample>>;
};

/** Fetches one picture, or says why it cannot be read. */
export type Fetch = (address: Address) => Promise<Either<string, Sample>>;

/** Where one picture after the other is fetched from. */
export type Source = {
  readonly fetch: Fetch;
  /** how large it is, without decoding it */
  readonly size: (address: Address) => Promise<Either<string, PictureSize>>;
};

/** A picture of a set, as a run remembers it. */
export type Pictured = {
  readonly part: 'train' | 'validation';
  /** a name that does not depend on where the set lies */
  readonly key: string;
  /** the name of its class: its number is another where a class is new */
  readonly label: string;
  /** of its length and its bytes, or of the time at which its file was changed */
  readonly sum: string;
};

/** What a set has, in one number and in a list; pictures that are drawn are not listed, and none of very many. */
export type Digest = { readonly sum: string; readonly pictures: readonly Pictured[] };

/** Pictures to train on and to validate with. */
export type PictureSet = {
  /** as written in the recipe, for messages */
  readonly path: string;
  readonly classes: readonly string[];
  readonly train: Part;
  readonly validation: Part | undefined;
};

/** The same, opened. */
export type Dataset = PictureSet & {
  /** what was unpacked into memory when the set was opened; addresses speak of it by its place here */
  readonly blocks: readonly Block[];
  /** changes when a picture, a name, a label or the order does; reads up to 256 MiB */
  readonly digest: () => Digest;
  readonly close: () => Promise<void>;
};

/** Bytes that all threads see. */
export type Block = Uint8Array<SharedArrayBuffer>;
