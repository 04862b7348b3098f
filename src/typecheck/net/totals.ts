/** Sums over layers: how many there are, their parameters and multiply–adds. */
import { macsOf, trainedIn } from './costs.ts';
import type { Totals, Typed } from './typed.ts';
import type { Row } from '../../ops/table.ts';
import type { Args } from '../../ops/params.ts';
import type { TensorType } from '../../ops/types.ts';
import { isPolynomial } from '../../size/channels.ts';

/** The totals of a node that only holds layers, before those of its children are added. */
export const noTotals: Totals = {
  nodes: 1,
  layers: 0,
  weighted: 0,
  params: 0,
  macs: 0,
};

/** The totals of a node and of those beside or below it. */
export const addTotals = (first: Totals, others: readonly Totals[]): Totals => {
  let { nodes, layers, weighted, params, macs } = first;
  for (const more of others) {
    nodes += more.nodes;
    layers += more.layers;
    weighted += more.weighted;
    params += more.params;
    macs = macs === undefined || more.macs === undefined ? undefined : macs + more.macs;
  }
  return { nodes, layers, weighted, params, macs };
};

/** The sums of one layer without fault. */
export const totalsOf = (
  row: Row,
  args: Args,
  inputs: readonly TensorType[],
  output: TensorType,
): Totals => {
  const weights = row.weights(args, inputs);
  return {
    nodes: 1,
    layers: 1,
    weighted: weights.length > 0 ? 1 : 0,
    params: trainedIn(weights),
    macs: macsOf({ op: row.name, args, inputTypes: inputs, output }),
  };
};

/** Whether a type depends on parameters without a value; then its weights cannot be counted. */
export const isUnfilled = (args: Args, inputs: readonly TensorType[]): boolean =>
  Object.values(args).some(isPolynomial) ||
  inputs.some((t) => t.tag === 'unknown' || isPolynomial(t.c));

/** The totals of parts in a row or side by side. */
export const sum = (parts: readonly Typed[]): Totals =>
  addTotals(
    noTotals,
    parts.map((part) => part.totals),
  );
