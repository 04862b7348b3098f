/**
 * What checks have found out about declarations, one by one. It stays true as long as a declaration and all that its
 * words mean stay the same; after an edit the rest is found anew.
 */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { newKept, type Kept } from '../../syntax/memo.ts';
import type { Declaration } from '../../syntax/tree.ts';
import type { Cost } from '../expr/fuel.ts';
import type { Reported } from '../expr/reports.ts';
import { uncalled } from '../expr/context.ts';
import { forget, type LayerContext } from '../layer/context.ts';
import type { Evaluation } from '../../protocol/evaluation.ts';
import type { Training } from '../../protocol/recipe.ts';
import { noDigests, type Digest, type Digests, type PastDigests } from './digests.ts';
import type { DefSignature } from './signatures.ts';
import type { Sense } from '../net/sense.ts';
import type { TypedNet } from '../net/typed.ts';
import type { TensorType } from '../../ops/types.ts';

/** A result. One with reports may name whatever is near, so it depends on all names too. */
type Result<A> = {
  readonly digest: Digest;
  readonly names: Digest;
  readonly reported: Reported<A>;
  readonly cost: Cost;
};

/** The results for one question, such as what net a declaration is, by declaration. */
type Answers<A> = Kept<Declaration, Result<A>>;

/** The questions, and what their answers are. */
type Results = {
  /** a net on its declared input, with its defaults */
  readonly net: TypedNet | undefined;
  readonly lints: readonly Diagnostic[];
  readonly sense: Sense;
  readonly written: void;
  readonly assertion: void;
  readonly words: void;
  readonly signature: DefSignature;
  readonly training: Training | undefined;
  readonly evaluation: Evaluation | undefined;
  /** what calls of a definition give, by the call and what comes in */
  readonly given: Map<string, TensorType | undefined>;
};

/** What outlives a check. It is kept as long as the trees of declarations are. */
export type Past = {
  readonly answers: { readonly [Q in keyof Results]: Answers<Results[Q]> };
  readonly digests: PastDigests;
  /** nets of which it is known that nothing in them is unknown */
  readonly sound: Kept<TypedNet, true>;
};

/** Nothing has been checked yet. */
export const noPast = (): Past => ({
  answers: {
    net: newKept(),
    lints: newKept(),
    sense: newKept(),
    written: newKept(),
    assertion: newKept(),
    words: newKept(),
    signature: newKept(),
    training: newKept(),
    evaluation: newKept(),
    given: newKept(),
  },
  sound: newKept(),
  digests: noDigests(),
});

/** The result for a declaration, if what it depends on has not changed. */
const recalled = <A>(
  answers: Answers<A>,
  d: Declaration,
  { of, names }: Digests,
): Result<A> | undefined => {
  const kept = answers.get(d);
  if (kept === undefined || kept.digest !== of(d)) return undefined;
  return kept.reported.reports.length === 0 || kept.names === names ? kept : undefined;
};

/** Asks something of a declaration: found now, or in a check before, with the reports that belong to it. */
export type Ask = <Q extends keyof Results>(
  question: Q,
  d: Declaration,
  find: () => Results[Q],
) => Reported<Results[Q]>;

/**
 * Each answer is found as if nothing else had been asked. A fault, and what stands in place of the faulty layer, name the
 * call that led there: so what was learnt on the way is forgotten once there is an error.
 */
export const foundAlone = <A>(cx: LayerContext, find: () => A): Reported<A> => {
  const reported = uncalled(cx, () => cx.quietly(find));
  if (reported.reports.length > 0 || cx.hasErrors()) forget(cx);
  return reported;
};

/** For one check, after which nothing is kept. */
export const askingOnce =
  (cx: LayerContext): Ask =>
  (_question, _d, find) =>
    foundAlone(cx, find);

/** What is asked of every declaration of a kind. */
const always: { readonly [tag in Declaration['tag']]?: keyof Results } = {
  def: 'words',
  net: 'words',
  assert: 'assertion',
  train: 'training',
  eval: 'evaluation',
};

/** Was the declaration looked at before, when others may have been written otherwise? */
export const wasAsked = ({ answers }: Past, d: Declaration): boolean => {
  const question = always[d.tag];
  return question !== undefined && answers[question].get(d) !== undefined;
};

/** The questions that a check may ask of a declaration by itself. */
const ofDeclarations = [
  ...(['net', 'lints', 'sense', 'written'] as const),
  ...(['assertion', 'words', 'training', 'evaluation'] as const),
];

/** The steps that a declaration took when it was asked last; none where it is new. */
export const lastCost = ({ answers }: Past, d: Declaration): number =>
  ofDeclarations.reduce((sum, question) => sum + (answers[question].get(d)?.cost.steps ?? 0), 0);

/** For a check of a program that is checked again and again. An answer costs what it did, once. */
export const asking = (cx: LayerContext, past: Past, digests: Digests): Ask => {
  const paid = new Set<object>();
  return (question, d, find) => {
    const answers = past.answers[question];
    const before = recalled(answers, d, digests);
    if (before !== undefined) {
      if (!paid.has(before.cost)) cx.charge(d.span, before.cost);
      paid.add(before.cost);
      return before.reported;
    }
    const { steps, compared } = cx.cost();
    const reported = foundAlone(cx, find);
    const digest = digests.of(d);
    if (digest === undefined || cx.isOver()) return reported;
    const after = cx.cost();
    const cost = { steps: after.steps - steps, compared: after.compared - compared };
    answers.set(d, { digest, names: digests.names, reported, cost });
    paid.add(cost);
    return reported;
  };
};
