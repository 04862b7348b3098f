/** What an `eval` declaration says, resolved: how a net is measured, or of which evaluations the posteriors are fused. */
import type { Extent } from '../ops/params.ts';
import type { Span } from '../syntax/source.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Augmentation, Data, InitFrom } from './recipe.ts';

/** An evaluation by its name. */
export type Evaluation = {
  readonly name: string;
  readonly doc: string;
  readonly span: Span; // of the name
} & (
  | {
      readonly tag: 'net';
      readonly net: TypedNet;
      /** as the declaration calls it: `D`, `D(classes = 10)` */
      readonly called: string;
      readonly from: InitFrom['source'];
      readonly measure: Measure;
      /** of the training that it comes from: without `scales` the middle is taken as pictures are validated there */
      readonly augment: readonly Augmentation[];
      /** where each clause was written, here or in the training; one that was not written has its default */
      readonly places: ReadonlyMap<MeasureWord, Span>;
    }
  /** the mean of the posteriors, on equal data in equal order */
  | { readonly tag: 'mean'; readonly of: readonly Evaluation[] }
);

/** An evaluation of one net. */
export type Measured = Extract<Evaluation, { readonly tag: 'net' }>;

/** Those that are measured for an evaluation: itself, or all that it is a mean of. */
export const measuredIn = (evaluation: Evaluation): readonly Measured[] =>
  evaluation.tag === 'net' ? [evaluation] : evaluation.of.flatMap(measuredIn);

/** Those among evaluations that look at whole pictures. */
export const lookingAtAll = (evaluations: readonly Evaluation[]): readonly Measured[] =>
  evaluations.flatMap((e) =>
    e.tag === 'net' && e.measure.views.of.some(({ tag }) => tag === 'dense') ? [e] : [],
  );

/** Tells the evaluations of a program apart: where it is declared. */
export const identityOf = ({ span }: Measured): string => `${span.path}:${span.start}`;

/** The clauses of an `eval`, by their words. */
export type Measure = {
  /** the pictures that it keeps apart, or all where it keeps none */
  readonly data: Data;
  /** sizes to which the shorter side is brought, whose posteriors are averaged; empty for the net's own size */
  readonly scales: readonly number[];
  readonly views: Views;
};

/** The word of a clause. */
export type MeasureWord = keyof Measure;

/** How a picture is looked at. Posteriors of all views are averaged, and over both sides with `flip`. */
export type Views = { readonly of: readonly View[]; readonly flip: boolean };

/** One way to look at a picture. */
export type View =
  /** a piece of the net's size from the middle */
  | { readonly tag: 'center' }
  /** the whole picture: scores at every place, averaged before the softmax (`fc_to_conv`) */
  | { readonly tag: 'dense' }
  /** a regular grid of so many pieces of the net's size, from corner to corner */
  | { readonly tag: 'crops'; readonly grid: Extent };
