/** Which faults of a program concern a training or an evaluation: a broken recipe keeps nobody from another one. */
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Declaration, Expr, Protocol } from '../../../syntax/tree.ts';
import { partsOf } from '../../../syntax/walk.ts';
import { isInside } from '../../../typecheck/net/branch-fixes.ts';
import type { Program } from '../../../typecheck/program/program.ts';
import { reachedFrom } from '../../../typecheck/program/reach.ts';

/** The recipes that a file declares with a net. */
export const trainingsDeclared = ({ files, entry }: Program): readonly string[] =>
  (files.get(entry)?.tree.declarations ?? []).flatMap((d) =>
    d.tag === 'train' && d.net !== undefined && d.name.text !== '' ? [d.name.text] : [],
  );

/** The evaluations that a file declares: of a net, or of others. */
export const evaluationsDeclared = ({ files, entry }: Program): readonly string[] =>
  (files.get(entry)?.tree.declarations ?? []).flatMap((d) =>
    d.tag === 'eval' && (d.net !== undefined || d.body !== undefined) && d.name.text !== ''
      ? [d.name.text]
      : [],
  );

/** A recipe or an evaluation by its name; a `train` and an `eval` may share one. */
type Called = { readonly tag: Protocol['tag']; readonly name: string };

/**
 * Whether a fault lies in a recipe or an evaluation that the training of this name, or the only one, has nothing to do
 * with; or a warning in a net that it does not train.
 */
export const isElsewhere = (
  program: Program,
  asked: string | undefined,
): ((d: Diagnostic) => boolean) => {
  const all = trainingsDeclared(program);
  const training = asked ?? (all.length === 1 ? all[0] : undefined);
  return isElsewhereOf(program, training === undefined ? [] : [training]);
};

/** The same of several trainings. */
export const isElsewhereOf = (
  program: Program,
  trainings: readonly string[],
): ((d: Diagnostic) => boolean) =>
  isApartFrom(
    program,
    trainings.map((name) => ({ tag: 'train', name })),
  );

/** Whether a fault lies in a recipe or an evaluation that these have nothing to do with, or a warning in a net of others. */
export const isApartFrom = (
  program: Program,
  asked: readonly Called[],
): ((d: Diagnostic) => boolean) => {
  const declared = Array.from(program.files.values(), ({ tree }) => tree.declarations)
    .flat()
    .flatMap((d) => (d.tag === 'train' || d.tag === 'eval' ? [d] : []));
  const concerned: ReadonlySet<Declaration> = withAllNamed(declared, asked);
  const others = declared.filter((d) => !concerned.has(d));
  const isReached = reachedFrom(program, (d) => concerned.has(d));
  return ({ severity, primary: { span } }) =>
    others.some((d) => isInside(span, d.span)) ||
    (severity !== 'error' && concerned.size > 0 && !isReached(span));
};

/** Those, what they take over, begin with or measure; of equal names all, as only the checker tells them apart. */
const withAllNamed = (
  declared: readonly Protocol[],
  asked: readonly Called[],
): ReadonlySet<Protocol> => {
  const concerned = new Set<Protocol>();
  const left = [...asked];
  for (let one = left.pop(); one !== undefined; one = left.pop())
    for (const d of declared) {
      if (d.tag !== one.tag || d.name.text !== one.name || concerned.has(d)) continue;
      concerned.add(d);
      left.push(...namedBy(d));
    }
  return concerned;
};

/** What stands behind `with`, `from` and `init from`, and in `mean(…)`: of each name the last part. */
const namedBy = (d: Protocol): readonly Called[] => [
  ...(d.with === undefined ? [] : [{ tag: d.tag, name: lastPart(d.with.text) }]),
  ...trainings(d.from === undefined ? [] : wordsIn(d.from)),
  ...(d.body === undefined ? [] : wordsIn(d.body).map((name) => ({ tag: 'eval' as const, name }))),
  ...d.clauses.flatMap(({ words, values }) =>
    words.map((w) => w.text).join(' ') === 'init from'
      ? trainings(values.flatMap(({ items }) => items.flatMap(wordsIn)))
      : [],
  ),
];

const trainings = (names: readonly string[]): readonly Called[] =>
  names.map((name) => ({ tag: 'train', name }));

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const wordsIn = (e: Expr): readonly string[] => [
  ...(e.tag === 'chain' ? [e.word.parts[e.word.parts.length - 1]!.text] : []),
  ...partsOf(e).flatMap(wordsIn),
];
