/** What is known of a layer before it runs, in lines of Markdown. */
import { bytes, plural, short, thousands } from '../numeric/figures.ts';
import { padsFor, spanOf, windowsAlong, type Slide } from '../ops/parts/windows.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, showType, type TensorType } from '../ops/types.ts';
import { perObject } from '../syntax/memo.ts';
import { elementsOf, trainedIn } from '../typecheck/net/costs.ts';
import { valuesOf, writtenOut } from '../typecheck/net/flat.ts';
import { fieldsOf, showRatio, type ReceptiveField } from '../typecheck/net/receptive.ts';
import type { Typed, TypedNet } from '../typecheck/net/typed.ts';
import { lastLayerOf, type Placed } from './layers.ts';

/** `kernel [3, 3, 3, 64] + bias [64]` */
const weightsOf = (typed: Typed): string | undefined => {
  if (typed.tag !== 'op') return undefined;
  const { op, args, input } = typed;
  const weights = rowOf(op).weights(args, [input]);
  const trained = trainedIn(weights);
  if (weights.length === 0 || trained === 0) return undefined;
  const named = weights
    .filter((w) => w.trained)
    .map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
    .join(' + ');
  return `${thousands(trained)} = ${named}`;
};

const paramsLine = (typed: Typed): string | undefined => {
  const own = weightsOf(typed);
  const { params } = typed.totals;
  const text = own ?? (params === 0 ? undefined : thousands(params));
  return text && `**parameters** ${text}`;
};

const macsLine = ({ totals }: Typed): string | undefined => {
  if (totals.macs === undefined) return '**MACs** depend on the size of the image';
  return totals.macs === 0 ? undefined : `**MACs** ${short(totals.macs)}`;
};

const memoryLine = (typed: Typed): string | undefined => {
  const count = elementsOf(typed.output);
  return count === undefined
    ? undefined
    : `**result** ${plural(count, 'number')}, ${bytes(4 * count)} in float32`;
};

/** `224 = ⌊(224 + 1 + 1 − 3)/1⌋ + 1` */
const windowsText = (slide: Slide, length: number): string => {
  const { stride, pads, round } = slide;
  const count = windowsAlong(slide, length);
  if (pads === 'same') return `${count} = ⌈${length}/${stride}⌉`;
  const { before, after } = padsFor({ ...slide, round: 'floor' }, length);
  const padded = before + after === 0 ? '' : ` + ${before} + ${after}`;
  const [open, close] = round === 'ceil' ? ['⌈', '⌉'] : ['⌊', '⌋'];
  return `${count} = ${open}(${length}${padded} − ${spanOf(slide)})/${stride}${close} + 1`;
};

/** How the size of the result follows from the window, with the numbers of this layer. */
const sizesLine = (typed: Typed): string | undefined => {
  if (typed.tag !== 'op' || typed.input.tag !== 'map') return undefined;
  const slides = rowOf(typed.op).windows?.(typed.args);
  const [h, w] = [extentOf(typed.input.h), extentOf(typed.input.w)];
  if (slides === undefined || h === undefined || w === undefined) return undefined;
  const [high, wide] = [windowsText(slides.h, h), windowsText(slides.w, w)];
  return high === wide ? `**size** ${high}` : `**height** ${high}, **width** ${wide}`;
};

const fieldsIn = perObject((net: TypedNet) => {
  const { layers } = writtenOut(net);
  const fields = fieldsOf(layers);
  const byPlace = new Map<string, ReceptiveField[]>();
  for (const { span, id } of layers) {
    const key = `${span.path} ${span.start} ${span.end}`;
    const there = byPlace.get(key);
    if (there === undefined) byPlace.set(key, [fields[id]!]);
    else there.push(fields[id]!);
  }
  return { fields, byPlace };
});

const showField = (field: ReceptiveField): string => {
  if (field === 'whole') return 'the whole image';
  const { h, w } = field;
  if (!Number.isFinite(h.span) || !Number.isFinite(w.span)) return 'the whole image';
  const span = h.span === w.span ? `${h.span}` : `${h.span}x${w.span}`;
  const [high, wide] = [showRatio(h.stride), showRatio(w.stride)];
  return `${span} pixels, one every ${high === wide ? high : `${high}x${wide}`}`;
};

const fieldLine = ({ typed, net }: Placed): string | undefined => {
  const last = lastLayerOf(typed);
  if (last === undefined) return undefined;
  const { span } = last;
  const { fields, byPlace } = fieldsIn(net);
  const ofLast = [
    ...new Set((byPlace.get(`${span.path} ${span.start} ${span.end}`) ?? []).map(showField)),
  ];
  // a definition that is called in several places has its last layer in all of them
  const nodes = new Set(typed.tag === 'repeat' ? typed.copies : [typed]);
  const shown =
    ofLast.length < 2
      ? ofLast
      : [...new Set(valuesOf(net, nodes).map((id) => showField(fields[id]!)))];
  if (shown.length === 0) return undefined;
  const text = shown.length === 1 ? shown[0]! : `${shown[0]!} … ${shown.at(-1)!}`;
  return `**receptive field** ${text}`;
};

/** `[224, 224, 3] -> [224, 224, 64]` */
export const showFlow = (input: TensorType, output: TensorType): string =>
  `${showType(input)} -> ${showType(output)}`;

/** The lines about a layer; where it is used several times they are about the first. */
export const factLines = (placed: Placed): readonly string[] => {
  const { typed } = placed;
  return [
    sizesLine(typed),
    paramsLine(typed),
    macsLine(typed),
    memoryLine(typed),
    fieldLine(placed),
  ].flatMap((line) => line ?? []);
};
