/** Lints: things that are seldom meant, such as pixels that no window sees, or a forgotten batch norm. */
import * as E from 'fp-ts/lib/Either.js';
import { replace, warning, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { largest } from '../../numeric/figures.ts';
import type { Args, Sides } from '../../ops/params.ts';
import { batchNormalisation, cropping } from '../../ops/roles.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, showType, type MapType, type TensorType } from '../../ops/types.ts';
import { spanOf, type Pads, type Slide } from '../../ops/parts/windows.ts';
import type { Sight } from '../../size/views.ts';
import type { Span } from '../../syntax/source.ts';
import { argumentReader } from './argument-order.ts';
import { insertedBefore } from './inserted.ts';
import { apartAlong, seenFlow } from './receptive.ts';
import { imageItself, type Seen } from './seen.ts';
import { childrenOf, eachNode, follow, layerOf, type Layer, type Met } from './flow.ts';
import { stageFinder, type Stages } from './batchnorm-stages.ts';
import type { Typed, TypedNet } from './typed.ts';

/**
 * A window of fixed input that leaves the last rows or columns unseen. No real pixel is lost exactly if
 * there are as many windows as with max(p₂, s − 1) pixels of padding after the map; where the stride is
 * larger than the window, skipping is meant.
 */
const droppedPixels = (layer: Layer, text: (span: Span) => string): readonly Diagnostic[] => {
  const row = rowOf(layer.op);
  const [input] = layer.inputTypes;
  const slides = row.windows?.(layer.args);
  if (slides === undefined || input?.tag !== 'map' || layer.output.tag !== 'map') return [];
  if (slides.h.stride === 1 && slides.w.stride === 1) return [];
  if (spanOf(slides.h) < slides.h.stride || spanOf(slides.w) < slides.w.stride) return [];
  const more = row.shape(reachingFurther(layer.args, slides.h, slides.w), [input]);
  if (E.isLeft(more) || more.right.type.tag !== 'map') return [];
  const rows = unseen(input, layer.output, more.right.type, 'h', slides.h);
  const columns = unseen(input, layer.output, more.right.type, 'w', slides.w);
  const lost = [inWords(rows, 'row'), inWords(columns, 'column')].filter((part) => part !== '');
  if (lost.length === 0) return [];
  const crop = cropped(rows, columns);
  return [
    warning(
      'W0220',
      layer.span,
      `\`${layer.op}\` does not see the last ${lost.join(' and ')} of its input`,
      {
        label: `\`${showType(input)}\` becomes \`${showType(layer.output)}\``,
        notes: [
          `padding or \`round = ceil\` includes them; a \`${cropping.name}\` before this layer drops them on purpose`,
        ],
        // the result stays as it is
        fixes: insertedBefore(
          text,
          layer.span,
          crop,
          `insert \`${crop}\` before it, which drops them on purpose`,
        ),
      },
    ),
  ];
};

/** A map one of whose sizes is known. */
const isFixed = (t: TensorType): boolean =>
  t.tag === 'map' && (extentOf(t.h) !== undefined || extentOf(t.w) !== undefined);

/** The same windows with enough padding after the map that they see every pixel. */
const reachingFurther = (args: Args, h: Slide, w: Slide): Args => {
  const pads = (slide: Slide): Pads =>
    slide.pads === 'same'
      ? { before: 0, after: 0 }
      : { before: slide.pads.before, after: Math.max(slide.pads.after, slide.stride - 1) };
  if (h.pads === 'same' || w.pads === 'same') return args; // `same` sees every pixel
  const pad: Sides = {
    top: pads(h).before,
    bottom: pads(h).after,
    left: pads(w).before,
    right: pads(w).after,
  };
  return { ...args, pad };
};

/** The layer that takes so many pixels from the ends of a map. */
const cropped = (rows: number, columns: number): string => {
  const sides = rows === columns ? [0, rows] : [0, rows, 0, columns];
  return `${cropping.name}([${sides.join(', ')}])`;
};

const inWords = (lost: number, what: string): string =>
  lost === 0 ? '' : lost === 1 ? what : `${lost} ${what}s`;

/** How many pixels at the end of an axis no window sees. */
const unseen = (
  input: MapType,
  output: MapType,
  more: MapType,
  axis: 'h' | 'w',
  slide: Slide,
): number => {
  const [from, now, then] = [extentOf(input[axis]), extentOf(output[axis]), extentOf(more[axis])];
  if (from === undefined || now === undefined || now === then || slide.pads === 'same') return 0;
  const lost = from + slide.pads.before - ((now - 1) * slide.stride + spanOf(slide));
  return Math.max(0, lost); // with ceil the last window may reach beyond the map
};

/**
 * A convolution without batch norm in a stage where every other one has it. A stage is a run of layers whose maps are
 * of one size; at least two others must have one. The last convolution of a net does not count: its result is seldom
 * normalised. Nor does a shortcut that is one convolution.
 */
const forgottenBatchnorm = ({ stages, last, isNormalised }: Stages): readonly Diagnostic[] => {
  const { name: norm } = batchNormalisation;
  return stages.flatMap((convolutions) => {
    const bare = convolutions.filter((conv) => !conv.normalised);
    const [only] = bare;
    if (only === undefined || bare.length > 1 || convolutions.length < 3) return [];
    if (only === last) return [];
    return [
      warning('W0221', only.span, `this is the only convolution of its stage without ${norm}`, {
        labels: convolutions
          .filter((conv) => conv !== only)
          .slice(0, 1)
          .map(({ span }) => ({
            span,
            message: `like this one, the others are followed by \`${norm}\``,
          })),
        // in a definition others call, it would stand twice at their calls
        fixes: isNormalised(only.span)
          ? []
          : [replace(`add \`${norm}\` after it`, endOf(only.span), `; ${norm}`)],
      }),
    ];
  });
};

const endOf = (span: Span): Span => ({ ...span, start: span.end });

/**
 * Joined branches whose pixels of one index look at different places: half an output pixel apart or more, and at
 * least one pixel of the image. `same` padding at stride 2 beside padding 1 does this. An upsampling always puts its
 * pixels beside those of its input, so after one only a whole output pixel counts.
 */
const misaligned = (layer: Layer, inputs: readonly Seen[], sight: Sight): readonly Diagnostic[] => {
  if (rowOf(layer.op).inputs.tag !== 'join') return [];
  const apart = largest((['h', 'w'] as const).map((axis) => distance(inputs, axis, sight)));
  if (apart === 0) return [];
  return [
    warning(
      'W0222',
      layer.span,
      `the joined branches are shifted by ${apart} ${apart === 1 ? 'pixel' : 'pixels'} of the image`,
      {
        label: 'their pixels show different places of the image',
        notes: [
          'pad or crop all branches in the same way; at stride 2, `same` and `half` pad differently',
        ],
      },
    ),
  ];
};

const distance = (inputs: readonly Seen[], axis: 'h' | 'w', sight: Sight): number => {
  const [first, ...others] = inputs.filter((seen) => seen !== 'head');
  return first === undefined
    ? 0
    : largest(others.map((seen) => apartAlong(first, seen, axis, sight)));
};

const slides = ({ op }: Extract<Typed, { readonly tag: 'op' }>): boolean =>
  rowOf(op).windows !== undefined;

/** Whether a join is in a subtree. */
const holdsJoin = (typed: Typed, known: Map<Typed, boolean>): boolean => {
  const before = known.get(typed);
  if (before !== undefined || typed.tag === 'op') return before === true;
  const found = typed.tag === 'join' || childrenOf(typed).some((part) => holdsJoin(part, known));
  known.set(typed, found);
  return found;
};

/** Checks the nets of a program one after the other; shared subtrees are visited once. */
export const linter = (
  text: (span: Span) => string,
  sightOf: (net: TypedNet) => Sight,
): ((net: TypedNet) => readonly Diagnostic[]) => {
  const seen = new Set<Typed>();
  const met: Met<Seen> = new Map();
  const joining = new Map<Typed, boolean>();
  const strangeArguments = argumentReader(text);
  const stagesOf = stageFinder();
  return (net) => {
    const dropped: Diagnostic[] = [];
    eachNode(
      net.body,
      (node) => {
        if (node.tag !== 'op') return;
        const strange = strangeArguments(node);
        dropped.push(...strange);
        if (strange.length === 0 && slides(node) && isFixed(node.input))
          dropped.push(...droppedPixels(layerOf(node), text));
      },
      seen,
    );
    const apart: Diagnostic[] = [];
    const sight = sightOf(net);
    const flow = seenFlow(
      (layer, inputs) => apart.push(...misaligned(layer, inputs, sight)),
      sight,
    );
    if (holdsJoin(net.body, joining)) follow(net.body, imageItself, flow, met);
    return [...dropped, ...forgottenBatchnorm(stagesOf(net)), ...apart];
  };
};
