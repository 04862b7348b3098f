/** The outcomes of evaluations: each net is measured once, and means are taken of what was found. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import {
  identityOf,
  measuredIn,
  type Evaluation,
  type Measured,
} from '../../../protocol/evaluation.ts';
import { noReadable } from '../../../runtime/batches/faults.ts';
import {
  inOrderOf,
  meanOf,
  seenIn,
  type Posteriors,
} from '../../../runtime/evaluate/posteriors.ts';
import { tellBroken } from '../training/tell.ts';
import type { Command, Failed, Wanted, Watch } from './asked.ts';
import type { Outcome, Single } from './found.ts';
import { measured } from './measure.ts';
import { prepare } from './prepare.ts';
import { tellEvaluation } from './tell.ts';

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
    return fused(evaluation, of);
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
  const made = await prepare(command, evaluation, weights, watch);
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

type Fused = Extract<Evaluation, { readonly tag: 'mean' }>;

/** The mean of outcomes, whose classes may be in another order (E0913, E0966). */
const fused = (evaluation: Fused, of: readonly Outcome[]): Or<Failed, Outcome> => {
  const [first] = of;
  if (first === undefined) throw new Bug(`${evaluation.name} is a mean of nothing`);
  const all: Posteriors[] = [];
  for (const { posteriors, singles, evaluation: own } of of) {
    const order = orderAs(first.singles[0]!.classes, singles[0]!.classes);
    if (order === undefined) return Either.left([otherClasses(evaluation, first.evaluation, own)]);
    all.push(inOrderOf(posteriors, order));
  }
  const posteriors = meanOf(all);
  if (seenIn(posteriors) === 0)
    return Either.left([noReadable(of.flatMap(({ singles }) => singles.flatMap((s) => s.broken)))]);
  return Either.right({
    ...{ evaluation, posteriors, of },
    singles: of.flatMap((one) => one.singles),
  });
};

/** Where each of some classes is among others; undefined where those are others, or two bear one name. */
const orderAs = (
  classes: readonly string[],
  among: readonly string[],
): readonly number[] | undefined => {
  if (classes.length !== among.length) return undefined;
  if (classes.every((name, i) => name === among[i])) return classes.map((_, i) => i);
  const order = classes.map((name) => among.indexOf(name));
  return new Set(order).size === order.length && !order.includes(-1) ? order : undefined;
};

const otherClasses = ({ name, span }: Fused, first: Evaluation, other: Evaluation): Diagnostic =>
  error(
    'E0966',
    span,
    `the weights of \`${first.name}\` and \`${other.name}\` name other classes`,
    {
      label: `\`${name}\` is the mean of both`,
      notes: ['means are taken of the posteriors of the same classes, by their names'],
    },
  );
