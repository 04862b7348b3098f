/** Which faults of a program concern a training: a broken recipe keeps nobody from training another one. */
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
): ((d: Diagnostic) => boolean) => {
  const declared = Array.from(program.files.values(), ({ tree }) => tree.declarations)
    .flat()
    .flatMap((d) => (d.tag === 'train' || d.tag === 'eval' ? [d] : []));
  const concerned: ReadonlySet<Declaration> = withAllNamed(declared, trainings);
  const others = declared.filter((d) => !concerned.has(d));
  const isReached = reachedFrom(program, (d) => concerned.has(d));
  return ({ severity, primary: { span } }) =>
    others.some((d) => isInside(span, d.span)) ||
    (severity !== 'error' && concerned.size > 0 && !isReached(span));
};

/** Trainings, what they take over, and what they begin with; of equal names all, as only the checker tells them apart. */
const withAllNamed = (
  declared: readonly Protocol[],
  trainings: readonly string[],
): ReadonlySet<Protocol> => {
  const concerned = new Set<Protocol>();
  const names = [...trainings];
  for (let name = names.pop(); name !== undefined; name = names.pop())
    for (const d of declared) {
      if (d.tag !== 'train' || d.name.text !== name || concerned.has(d)) continue;
      concerned.add(d);
      names.push(...namedBy(d));
    }
  return concerned;
};

/** The last part of each name behind `with` and `init from`. */
const namedBy = (d: Protocol): readonly string[] => [
  ...(d.with === undefined ? [] : [d.with.text.slice(d.with.text.lastIndexOf('.') + 1)]),
  ...d.clauses.flatMap(({ words, values }) =>
    words.map((w) => w.text).join(' ') === 'init from'
      ? values.flatMap(({ items }) => items.flatMap(wordsIn))
      : [],
  ),
];

const wordsIn = (e: Expr): readonly string[] => [
  ...(e.tag === 'chain' ? [e.word.parts[e.word.parts.length - 1]!.text] : []),
  ...partsOf(e).flatMap(wordsIn),
];
