/** Trainings and evaluations as `.net` text, every default written out. It is read as the same. */
import { clauses, measureClauses, type ByWord } from './clauses.ts';
import type { Evaluation, Measure } from './evaluation.ts';
import type { InitFrom, Recipe, Training } from './recipe.ts';
import type { Table } from './said.ts';

/** The words of clauses with what they say; one that says its thing by being left out is not there. */
const textsOf = <T>(
  table: Table<T>,
  values: T,
  isBrief: boolean,
): readonly (readonly [string, string])[] => {
  const line = <W extends keyof T & string>(word: W): readonly (readonly [string, string])[] => {
    const text = table[word].write(values[word], isBrief);
    return text === undefined ? [] : [[word, text]];
  };
  // the table is complete by type, so its keys are the words
  return (Object.keys(table) as (keyof T & string)[]).flatMap(line);
};

/** The lines of clauses, their values one below the other; where they are brief without arguments that are defaults. */
export const linesOf = <T>(table: Table<T>, values: T, isBrief = false): readonly string[] => {
  const all = textsOf(table, values, isBrief);
  const width = Math.max(...all.map(([word]) => word.length));
  return all.map(([word, text]) => `  ${word.padEnd(width)} ${text}`);
};

const byWord = ({ initFrom, ...rest }: Recipe): ByWord => ({ ...rest, 'init from': initFrom });

/** What each clause of a recipe says, by its word. */
export const clauseTexts = (recipe: Recipe): { readonly [word: string]: string } =>
  Object.fromEntries(textsOf<ByWord>(clauses, byWord(recipe), false));

/** What each clause of an evaluation says, by its word. */
export const measureTexts = (measure: Measure): { readonly [word: string]: string } =>
  Object.fromEntries(textsOf<Measure>(measureClauses, measure, false));

/** The clauses of a recipe, a line each. */
export const showRecipe = (recipe: Recipe): string =>
  linesOf<ByWord>(clauses, byWord(recipe)).join('\n');

/** `train NAME : NET { … }` */
export const showTraining = ({ name, called, recipe }: Training): string =>
  `train ${name} : ${called} {\n${showRecipe(recipe)}\n}\n`;

const showSource = (source: InitFrom['source']): string =>
  source.tag === 'file' ? JSON.stringify(source.path) : source.name;

/** `eval NAME : NET from WEIGHTS { … }` */
const showEvaluation = (evaluation: Evaluation): string => {
  const { name } = evaluation;
  if (evaluation.tag === 'mean')
    return `eval ${name} = mean(${evaluation.of.map((e) => e.name).join(', ')})\n`;
  const { called, from, measure } = evaluation;
  const lines = linesOf<Measure>(measureClauses, measure).join('\n');
  return `eval ${name} : ${called} from ${showSource(from)} {\n${lines}\n}\n`;
};

/** All of a program, an empty line behind each that has clauses. */
export const showProtocols = (
  trainings: readonly Training[],
  evaluations: readonly Evaluation[],
): string =>
  [...trainings.map(showTraining), ...evaluations.map(showEvaluation)]
    .map((t) => `${t}\n`)
    .join('');
