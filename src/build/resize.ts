/** Resizes a graph to images of another size than its net declares, if its weights admit them. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../graph/graph.ts';
import { retyped } from '../graph/retype.ts';
import { extentOf, image, showType, type TensorType } from '../ops/types.ts';
import { elementsOf } from '../typecheck/net/costs.ts';
import { contains, near, showSizes } from '../size/sizes.ts';
import type { Admissible } from '../typecheck/net/typed.ts';
import type { Span } from '../syntax/source.ts';
import { defaultLimits } from '../diagnostic/limits.ts';

/** The size of the images, and where the user asked for it. */
export type Images = { readonly h: number; readonly w: number; readonly asked: Span };

/** Whether the size is the one that the net declares. */
const isDeclared = (input: TensorType, { h, w }: Images): boolean =>
  input.tag === 'map' && extentOf(input.h) === h && extentOf(input.w) === w;

/** Why the net does not take images of this size. */
const refused = (graph: Graph, admissible: Admissible | undefined, images: Images): Diagnostic => {
  const { h, w, asked } = images;
  const type = showType(graph.input.type);
  if (admissible === undefined)
    return error('E0508', asked, `\`${graph.net}\` takes no images: its input is ${type}`);
  const axes = [
    { name: 'height', sizes: admissible.h, wanted: h },
    { name: 'width', sizes: admissible.w, wanted: w },
  ];
  const notes = axes.map(({ name, sizes, wanted }) => {
    const { below, above } = near(sizes, wanted);
    const nearest = contains(sizes, wanted)
      ? []
      : [below, above].filter((n) => n !== undefined).map(String);
    const hint = nearest.length === 0 ? '' : `; nearest to ${wanted}: ${nearest.join(' and ')}`;
    return `admissible ${name}: ${showSizes(sizes)}${hint}`;
  });
  return error('E0508', asked, `\`${graph.net}\` does not take images of ${h}x${w}`, {
    notes: [`its input is ${type}`, ...notes],
  });
};

/** The fault of a layer that is too large at this size: the checker tested the declared size only. */
const tooLarge = (graph: Graph, asked: Span): Diagnostic | undefined => {
  const most = defaultLimits.elements;
  const node = graph.nodes.find((n) => (elementsOf(n.output) ?? 0) > most);
  return node === undefined
    ? undefined
    : error('E0213', asked, `\`${node.path}\` would give ${showType(node.output)}`, {
        notes: [`a tensor may have at most ${most} numbers`],
      });
};

/** The graph for images of this size, which must be admissible with its weights (E0213, E0508). */
export const resize = (
  graph: Graph,
  admissible: Admissible | undefined,
  images: Images | undefined,
): Or<Diagnostic, Graph> => {
  const { type } = graph.input;
  if (images === undefined || isDeclared(type, images)) return Either.right(graph);
  const admitted =
    admissible !== undefined &&
    contains(admissible.h, images.h) &&
    contains(admissible.w, images.w);
  if (!admitted || type.tag !== 'map' || typeof type.c !== 'number')
    return Either.left(refused(graph, admissible, images));
  const result = retyped(graph, image(images.h, images.w, type.c));
  // every layer takes an admissible size
  if (Either.isLeft(result)) throw new Bug(result.left.message);
  const fault = tooLarge(result.right, images.asked);
  return fault === undefined ? result : Either.left(fault);
};
