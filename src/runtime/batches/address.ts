/** Where pictures are, in a form that another thread can be sent. */
import type { FormatName } from '../data/numbers.ts';

/** Bytes of a file that is one picture, or of a stretch of a longer one, or of a block in memory. */
export type Stretch =
  | { readonly tag: 'whole'; readonly path: string; readonly length: number }
  | {
      readonly tag: 'file';
      readonly path: string;
      readonly start: number;
      readonly length: number;
    }
  | {
      readonly tag: 'block';
      readonly block: number;
      readonly start: number;
      readonly length: number;
    };

/** A picture that is drawn, and the stream that it is drawn from. */
export type Drawing = {
  readonly size: number;
  readonly shape: number;
  readonly purpose: string;
  readonly index: number;
  /** 0 for plain pictures, 1 for the hardest */
  readonly clutter: number;
};

/** How to come by one picture. */
export type Address =
  /** a JPEG or a PNG */
  | { readonly tag: 'encoded'; readonly bytes: Stretch }
  /** bytes of pixels: by rows as `Pixels` has them, or one channel after the other, as `planes` */
  | {
      readonly tag: 'raw';
      readonly bytes: Stretch;
      readonly h: number;
      readonly w: number;
      readonly channels: 1 | 3;
      readonly layout: 'rows' | 'planes';
    }
  /** numbers by rows, as array files have them */
  | {
      readonly tag: 'numbers';
      readonly bytes: Stretch;
      readonly h: number;
      readonly w: number;
      readonly channels: number;
      readonly format: FormatName;
      readonly little: boolean;
    }
  | { readonly tag: 'drawn'; readonly drawing: Drawing };
