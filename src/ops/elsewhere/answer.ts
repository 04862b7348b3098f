/** What netc answers to a word of another framework, as data. */
import type { OperatorName } from '../table.ts';

/** The frameworks whose words are known. */
export type Framework = 'PyTorch' | 'Keras' | 'Caffe' | 'darknet';

/** One of the layers that stand for a call, with the roles of the arguments that are its own. */
export type Part = {
  readonly op: OperatorName;
  readonly takes: readonly string[];
  /** what it has whatever the call says; by role */
  readonly always?: { readonly [role: string]: string };
};

/** A layer as a framework calls it, so that a call can be written in netc with the same function. */
export type ForeignCall = {
  readonly by: Framework;
  /** spelled as there, with spaces between them */
  readonly names: string;
  /** its parameters in order; `size:scale` is a `size` that means what `scale` means elsewhere (`parameters.ts`) */
  readonly order?: string;
  /** what it takes where a call gives nothing, as far as netc takes something else; by role */
  readonly defaults?: { readonly [role: string]: string };
  /** the layers that it is written with, where it is not the one that the answer names */
  readonly parts?: readonly Part[];
  /** what there is in place of an argument that netc has not; by role */
  readonly instead?: { readonly [role: string]: string };
  /** a difference that remains, in words that follow `which` */
  readonly but?: string;
};

type Common = {
  /** further names, folded: without capitals and `_`; with spaces between them */
  readonly names?: string;
  /** as netc writes it, with numbers of an example: `conv3-64` */
  readonly written: string;
  /** what that is: `a 3×3 convolution to 64 channels` */
  readonly does: string;
};

/** What netc has for a word. */
export type Answer =
  /** an operator */
  | (Common & {
      readonly tag: 'operator';
      readonly op: OperatorName;
      readonly calls?: readonly ForeignCall[];
      /** a difference for every name, in words that follow `which` */
      readonly but?: string;
    })
  /** signs or several layers; `exact` ones make the same function and may stand in the place of the word */
  | (Common & {
      readonly tag: 'composed';
      readonly exact: boolean;
      readonly calls?: readonly ForeignCall[];
    })
  /** nothing: why, or what to do */
  | { readonly tag: 'none'; readonly names: string; readonly says: string };
