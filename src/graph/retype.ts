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

/** `left` names the first layer that does not take its new input, or whose weights would change. */
export const retyped = (graph: Graph, input: TensorType): E.Either<Diagnostic, Graph> => {
  const types = new Map<ValueId, TensorType>([[graph.input.id, input]]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => types.get(id) ?? input);
    const row = rowOf(node.op);
    const shape = row.shape(node.args, inputs);
    const refused = (why: string): E.Either<Diagnostic, Graph> =>
      E.left(
        error(
          'E0207',
          node.span,
          `\`${node.path}\` does not take ${inputs.map(showType).join(', ')}`,
          {
            label: why,
          },
        ),
      );
    if (E.isLeft(shape)) return refused('this layer needs a tensor of another shape');
    const refusal = standing(shape.right);
    if (refusal !== undefined) return refused(whyNot[refusal.tag]);
    const { type } = shape.right;
    const specs = row.weights(node.args, inputs);
    if (!stillFit(node.weights, specs)) return refused('its weights are for another input');
    types.set(node.id, type);
    nodes.push({ ...node, inputTypes: inputs, output: type });
  }
  return E.right({ ...graph, input: { ...graph.input, type: input }, nodes });
};
