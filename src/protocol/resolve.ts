/** The trainings and evaluations of a file. */
import type { Protocol } from '../syntax/tree.ts';
import type { Env } from './env.ts';
import type { Evaluation } from './evaluation.ts';
import { newEvaluations } from './evaluations.ts';
import type { Training } from './recipe.ts';
import { newTrainings } from './trainings.ts';

/** What a `train` means, as far as it has a meaning; what is wrong with it and what it takes over is reported. */
export const trainingOf = (env: Env, d: Protocol): Training | undefined =>
  newTrainings(env).training(d);

/** The same of an `eval`. */
export const evaluationOf = (env: Env, d: Protocol): Evaluation | undefined =>
  newEvaluations(env, newTrainings(env))(d);
