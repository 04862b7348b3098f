/** The types of a graph for another input: every shape rule is run again. */
import * as E from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { standing, type Refusal } from '../ops/standing.ts';
import { rowOf } from '../ops/table.ts';
import { showType, type TensorType } from '../ops/types.ts';
import { stillFit, type Graph, type GraphNode, type ValueId } from './graph.ts';

const whyNot: { readonly [R in Refusal['tag']]: string } = {
  apart: 'its branches differ in size',
  empty: 'nothing is left of the map',
};

/** A layer on inputs of these types; `left` when it does not take them, or its weights would change. */
export const retypedNode = (
  node: GraphNode,
  inputs: readonly TensorType[],
): E.Either<Diagnostic, GraphNode> => {
  const row = rowOf(node.op);
  const shape = row.shape(node.args, inputs);
  const refused = (label: string): E.Either<Diagnostic, GraphNode> => {
    const message = `\`${node.path}\` does not take ${inputs.map(showType).join(', ')}`;
    return E.left(error('E0207', node.span, message, { label }));
  };
  if (E.isLeft(shape)) return refused('this layer needs a tensor of another shape');
  const refusal = standing(shape.right);
  if (refusal !== undefined) return refused(whyNot[refusal.tag]);
  if (!stillFit(node.weights, row.weights(node.args, inputs)))
    return refused('its weights are for another input');
  return E.right({ ...node, inputTypes: inputs, output: shape.right.type });
};

/** `left` names the first layer that does not take its new input, or whose weights would change. */
export const retyped = (graph: Graph, input: TensorType): E.Either<Diagnostic, Graph> => {
  const types = new Map<ValueId, TensorType>([[graph.input.id, input]]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const again = retypedNode(
      node,
      node.inputs.map((id) => types.get(id) ?? input),
    );
    if (E.isLeft(again)) return again;
    types.set(node.id, again.right.output);
    nodes.push(again.right);
  }
  return E.right({ ...graph, input: { ...graph.input, type: input }, nodes });
};
