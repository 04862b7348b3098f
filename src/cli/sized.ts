/** A graph for images of another size than its net declares, which its weights admit all the same. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph, ValueId } from '../lower/graph.ts';
import { rowOf } from '../ops/table.ts';
import { extentOf, image, showType, type TensorType } from '../ops/types.ts';
import { elementsOf } from '../typecheck/facts.ts';
import { contains, near, showSizes } from '../typecheck/sizes.ts';
import { startOf } from '../syntax/source.ts';
import type { TypedNet } from '../typecheck/typed.ts';
import type { Extent } from './command.ts';

/** Whether sizes are those that the net declares. */
const isDeclared = (input: TensorType, { h, w }: Extent): boolean =>
  input.tag === 'map' && extentOf(input.h) === h && extentOf(input.w) === w;

/** Why the net does not take images of this size. `file` is where the wish came from. */
const refused = (file: string, net: TypedNet, { h, w }: Extent): Diagnostic => {
  const type = showType(net.input);
  if (net.admissible === undefined)
    return error('E0508', startOf(file), `\`${net.name}\` takes no images, but ${type}`);
  const axes = [
    { name: 'height', sizes: net.admissible.h, asked: h },
    { name: 'width', sizes: net.admissible.w, asked: w },
  ];
  const notes = axes.map(({ name, sizes, asked }) => {
    const { below, above } = near(sizes, asked);
    const nearest = contains(sizes, asked)
      ? []
      : [below, above].filter((n) => n !== undefined).map(String);
    const hint = nearest.length === 0 ? '' : `; nearest to ${asked}: ${nearest.join(' and ')}`;
    return `admissible ${name}: ${showSizes(sizes)}${hint}`;
  });
  return error('E0508', startOf(file), `\`${net.name}\` does not take images of ${h}x${w}`, {
    notes: [`its input is ${type}`, ...notes],
  });
};

/** The types of all values for another input. The checker has seen that every layer takes it. */
const retyped = (graph: Graph, input: TensorType): Graph => {
  const types = new Map<ValueId, TensorType>([[graph.input.id, input]]);
  const nodes = graph.nodes.map((node) => {
    const inputs = node.inputs.map((id) => types.get(id)!);
    const shape = rowOf(node.op).shape(node.args, inputs);
    if (Either.isLeft(shape))
      throw new Bug(`${node.path} does not take ${inputs.map(showType).join(', ')}`);
    types.set(node.id, shape.right.type);
    return { ...node, type: shape.right.type };
  });
  return { ...graph, input: { ...graph.input, type: input }, nodes };
};

/** The limit of SAFETY for the numbers of one tensor; the checker has looked at the declared size only. */
const mostElements = 2 ** 31 - 1;

const tooLarge = (graph: Graph, file: string): Diagnostic | undefined => {
  const node = graph.nodes.find((n) => (elementsOf(n.type) ?? 0) > mostElements);
  return node === undefined
    ? undefined
    : error('E0213', startOf(file), `\`${node.path}\` would give ${showType(node.type)}`, {
        notes: [`a tensor may have ${mostElements} numbers`],
      });
};

/** The graph for images of this size (E0213, E0508). */
export const sized = (
  graph: Graph,
  net: TypedNet,
  size: Extent | undefined,
  file: string,
): Or<Diagnostic, Graph> => {
  if (size === undefined || isDeclared(graph.input.type, size)) return Either.right(graph);
  const { input } = graph;
  const admitted =
    net.admissible !== undefined &&
    contains(net.admissible.h, size.h) &&
    contains(net.admissible.w, size.w);
  if (!admitted || input.type.tag !== 'map' || input.type.c === 'unknown')
    return Either.left(refused(file, net, size));
  const result = retyped(graph, image(size.h, size.w, input.type.c));
  const fault = tooLarge(result, file);
  return fault === undefined ? Either.right(result) : Either.left(fault);
};
