/** The differences of two corresponding layers. */
import { showArg } from '../../ops/parts/args.ts';
import type { ArgValue, Args, OpParam } from '../../ops/params.ts';
import { rowOf, type Row } from '../../ops/table.ts';
import { extentOf, showType, type TensorType } from '../../ops/types.ts';
import { padsFor, type Slide } from '../../ops/parts/windows.ts';
import type { LayerFacts } from '../layer-costs.ts';

/** One difference. `of` is a parameter, `in`, `out` or another trait; the values are in the syntax of `.net`. */
export type Change = { readonly of: string; readonly before: string; readonly after: string };

/** A trait that is compared: `compared` decides, `shown` is printed. */
type Trait = { readonly of: string; readonly shown: string; readonly compared: string };

const pixels = (slide: Slide, length: number | undefined): string => {
  const pads = slide.pads === 'same' && length !== undefined ? padsFor(slide, length) : slide.pads;
  return pads === 'same' ? pads : `${pads.before} ${pads.after}`;
};

/** `half` of a 3×3 is 1, and `same` depends on the map: paddings are compared by what they add. */
const padding = (row: Row, args: Args, input: TensorType | undefined): string | undefined => {
  const slides = row.windows?.(args);
  if (slides === undefined || input?.tag !== 'map') return undefined;
  return `${pixels(slides.h, extentOf(input.h))} ${pixels(slides.w, extentOf(input.w))}`;
};

const shownArg = (value: ArgValue | undefined): string =>
  value === undefined ? '–' : showArg(value);

const traitOf = (p: OpParam, row: Row, { node, inputs }: LayerFacts): Trait => {
  const shown = shownArg(node.args[p.name]);
  const compared = p.kind.tag === 'padding' ? padding(row, node.args, inputs[0]) : undefined;
  return { of: p.name, shown, compared: compared ?? shown };
};

const plain = (of: string, shown: string): Trait => ({ of, shown, compared: shown });

/** The traits of a layer, without its place: operator, arguments, input and output. */
type Traits = {
  /** one for each parameter of the row, in its order */
  readonly args: readonly Trait[];
  readonly in: Trait;
  readonly out: Trait;
};

/** The traits of a layer. A parameter that only states the incoming channels, as in `batchnorm-64`, is not a trait. */
export const traitsOf = (layer: LayerFacts): Traits => {
  const row = rowOf(layer.node.op);
  const sign = row.inputs.tag === 'join' ? row.inputs.sign : ',';
  const stated = row.params.filter((p) => p.default?.tag !== 'absent');
  return {
    args: stated.map((p) => traitOf(p, row, layer)),
    in: plain('in', layer.inputs.map(showType).join(` ${sign} `)),
    out: plain('out', showType(layer.node.output)),
  };
};

const changed = (before: Trait, after: Trait): readonly Change[] =>
  before.shown === after.shown || before.compared === after.compared
    ? []
    : [{ of: before.of, before: before.shown, after: after.shown }];

/** The changes from one layer to the other; empty when only their places differ. */
export const changesOf = (before: LayerFacts, after: LayerFacts): readonly Change[] => {
  const [a, b] = [traitsOf(before), traitsOf(after)];
  const written =
    before.node.op === after.node.op
      ? a.args.flatMap((t, i) => changed(t, b.args[i]!))
      : [{ of: 'operator', before: before.node.op, after: after.node.op }];
  return [...written, ...changed(a.in, b.in), ...changed(a.out, b.out)];
};

/** Whether only the size of the map differs, mostly because of a layer before it. */
export const onlySizes = (changes: readonly Change[]): boolean =>
  changes.length > 0 && changes.every(({ of }) => of === 'in' || of === 'out');
