/** The trainings and evaluations of a file. */
import type { Protocol } from '../syntax/tree.ts';
import type { NetOf } from '../typecheck/layer/called-nets.ts';
import type { LayerContext } from '../typecheck/layer/context.ts';
import type { Scope } from '../typecheck/expr/values.ts';
import { envOf } from './env.ts';
import type { Evaluation } from './evaluation.ts';
import { newEvaluations } from './evaluations.ts';
import type { Training } from './recipe.ts';
import { newTrainings } from './trainings.ts';

/** What `train` and `eval` of a file mean, in the order of the text. */
export type Protocols = {
  readonly trainings: readonly Training[];
  readonly evaluations: readonly Evaluation[];
};

/** Trainings and evaluations as far as they have a meaning; what is wrong with them is reported. */
export const protocolsOf = (
  cx: LayerContext,
  netOf: NetOf,
  scopes: ReadonlyMap<string, Scope>,
  declared: readonly Protocol[],
): Protocols => {
  const env = envOf(cx, netOf, scopes);
  const trainings = newTrainings(env);
  const evaluation = newEvaluations(env, trainings);
  return {
    trainings: declared.flatMap((d) => (d.tag === 'train' ? (trainings.training(d) ?? []) : [])),
    evaluations: declared.flatMap((d) => (d.tag === 'eval' ? (evaluation(d) ?? []) : [])),
  };
};
