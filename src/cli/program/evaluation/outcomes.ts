/** The outcomes of evaluations: each net is measured once, and means are taken of what was found. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import {
  identityOf,
  measuredIn,
  type Evaluation,
  type Measured,
} from '../../../protocol/evaluation.ts';
import { meanOf } from '../../../runtime/evaluate/posteriors.ts';
import { tellBroken } from '../training/tell.ts';
import type { Command, Wanted } from './asked.ts';
import type { Outcome, Single } from './found.ts';
import { measured, type Stopped, type Watch } from './measure.ts';
import { prepare } from './prepare.ts';
import { tellEvaluation } from './tell.ts';

/** Why there is no outcome. */
export type Failed = readonly Diagnostic[] | Stopped;

/** Gives the outcomes of evaluations of this list; what several need is kept as long as one of them is to come. */
export const outcomesOf = (
  command: Command,
  wanted: readonly Wanted[],
  watch: Watch,
): ((one: Wanted) => Promise<Or<Failed, Outcome>>) => {
  const needed = new Map<string, number>();
  const known = new Map<string, Single>();
  for (const { evaluation } of wanted)
    for (const own of measuredIn(evaluation).map(identityOf))
      needed.set(own, (needed.get(own) ?? 0) + 1);

  const single = async (
    own: Measured,
    weights: string | undefined,
  ): Promise<Or<Failed, Single>> => {
    const id = identityOf(own);
    const before = known.get(id);
    const found =
      before === undefined ? await singleOf(command, own, weights, watch) : Either.right(before);
    const left = (needed.get(id) ?? 1) - 1;
    needed.set(id, left);
    if (left > 0 && Either.isRight(found)) known.set(id, found.right);
    else known.delete(id);
    return found;
  };

  const outcome = async (
    evaluation: Evaluation,
    weights: string | undefined,
  ): Promise<Or<Failed, Outcome>> => {
    if (evaluation.tag === 'net') {
      const found = await single(evaluation, weights);
      return Either.map((one: Single): Outcome => ({
        evaluation,
        posteriors: one.posteriors,
        singles: [one],
        of: [],
      }))(found);
    }
    const of: Outcome[] = [];
    for (const part of evaluation.of) {
      const found = await outcome(part, weights);
      if (Either.isLeft(found)) return found;
      of.push(found.right);
    }
    return Either.right({
      evaluation,
      posteriors: meanOf(of.map((one) => one.posteriors)),
      singles: of.flatMap((one) => one.singles),
      of,
    });
  };
  return ({ evaluation, weights }) => outcome(evaluation, weights);
};

const singleOf = async (
  command: Command,
  evaluation: Measured,
  weights: string | undefined,
  watch: Watch,
): Promise<Or<Failed, Single>> => {
  const { io } = command;
  const made = await prepare(command, evaluation, weights);
  if (Either.isLeft(made)) return made;
  try {
    tellEvaluation(io, made.right);
    const found = await measured(made.right, io, watch);
    if (Either.isLeft(found)) return Either.left('tag' in found.left ? found.left : [found.left]);
    tellBroken(io, found.right.broken);
    const { labels, classes } = made.right.measuring;
    return Either.right({
      ...{ evaluation, labels, classes, weights: made.right.weights.path },
      ...{ engine: made.right.engine.name, ...found.right },
    });
  } finally {
    await made.right.close();
  }
};
