/** Words of other frameworks, and what netc answers to each. */
import type { Answer, ForeignCall, Framework } from './answer.ts';
import type { OperatorName } from '../table.ts';
import { absent } from './absent.ts';
import { pointwise } from './pointwise.ts';
import { shaping } from './shapes.ts';
import { weighted } from './weighted.ts';

/** Every answer. */
export const answers: readonly Answer[] = [...weighted, ...pointwise, ...shaping, ...absent];

/** Letter case and `_` differ between frameworks and are what people remember least. */
const folded = (name: string): string => name.toLowerCase().replaceAll('_', '');

const wordsOf = (names: string | undefined): readonly string[] => names?.split(' ') ?? [];

/** The calls that an answer translates. */
const callsOf = (answer: Answer): readonly ForeignCall[] =>
  answer.tag === 'none' ? [] : (answer.calls ?? []);

/** The names that lead to an answer, folded. */
export const namesOf = (answer: Answer): readonly string[] => [
  ...wordsOf(answer.names),
  ...callsOf(answer).flatMap(({ names }) => wordsOf(names).map(folded)),
];

/** The same as frameworks spell them, and folded only where no call does. */
export const spelled = (answer: Answer): readonly string[] => {
  const exact = callsOf(answer).flatMap(({ names }) => wordsOf(names));
  const known = new Set(exact.map(folded));
  return [...new Set([...exact, ...wordsOf(answer.names).filter((name) => !known.has(name))])];
};

const byName: ReadonlyMap<string, Answer> = new Map(
  answers.flatMap((answer) => namesOf(answer).map((name) => [name, answer] as const)),
);

/** What netc answers to a word, with any letter case; undefined for a word that no framework has. */
export const answerTo = (name: string): Answer | undefined => byName.get(folded(name));

/** The calls of an answer that have a name in this very spelling, or, where none has, in any. */
export const callsNamed = (answer: Answer, name: string): readonly ForeignCall[] => {
  const exact = callsOf(answer).filter(({ names }) => wordsOf(names).includes(name));
  if (exact.length > 0) return exact;
  const alike = callsOf(answer).filter(({ names }) =>
    wordsOf(names).map(folded).includes(folded(name)),
  );
  return alike.length > 0 ? alike : callsOf(answer);
};

/** The modules in which frameworks keep their layers, as in `nn.Conv2d`. */
const modules: ReadonlyMap<string, Framework> = new Map([
  ...['nn', 'torch', 'F', 'torchvision', 'ops'].map((m) => [m, 'PyTorch'] as const),
  ...['layers', 'keras', 'tf', 'L', 'Layers', 'tfl', 'slim'].map((m) => [m, 'Keras'] as const),
  ['caffe', 'Caffe'],
]);

/** The framework that a module is of: `nn`, `torch.nn` and all else behind `torch.`. */
export const frameworkOf = (module: string): Framework | undefined =>
  modules.get(module.split('.')[0]!);

/** The calls of an operator that have parameters of all these names, without their defaults. */
export const callsTaking = (op: OperatorName, names: readonly string[]): readonly ForeignCall[] =>
  orderedCalls(op).filter(({ order }) => {
    const own = wordsOf(order).map((word) => folded(word.split(':')[0]!));
    return names.every((name) => own.includes(folded(name)));
  });

/** The calls of an operator whose arguments other frameworks give in an order of their own, without their defaults. */
export const orderedCalls = (op: OperatorName): readonly ForeignCall[] =>
  answers.flatMap((answer) =>
    answer.tag === 'operator' && answer.op === op
      ? callsOf(answer).flatMap((c) => (c.order === undefined ? [] : [{ ...c, defaults: {} }]))
      : [],
  );
