/** From texts to a program. */
import { analyse } from '../../check.ts';
import { gate, resultOf } from '../../diagnostic/checked.ts';
import { showType } from '../../ops/types.ts';
import { passesOfRows, passTable } from '../../rewrite/passes.ts';
import type { Pass } from '../../rewrite/rule/pattern.ts';
import { asShipped } from '../../rewrite/shipped.ts';
import type { Source, Sources } from '../../syntax/source.ts';
import type { Program as Checked } from '../../typecheck/program/program.ts';
import { filesOf } from '../files.ts';
import { answer, type Answer } from './answer.ts';

/** A net of a program, said in words: `[32, 32, 3]`. */
export type NetSaid = {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly parameters: number;
};

/** A program without errors. */
export type Program = {
  readonly nets: readonly NetSaid[];
  /** the names of its trainings */
  readonly trainings: readonly string[];
  /** netc's own */
  readonly checked: Checked;
  readonly sources: Sources;
  /** those that are applied to every net before it is run */
  readonly passes: readonly Pass[];
};

/** The path of a text that is alone. */
export const alone = 'main.net';

/** Texts of netc's own, by their paths. */
type Pages = { readonly [path: string]: string };

/** A text, or several by their paths. */
export type Texts = string | { readonly [path: string]: string };

const textsOf = (texts: Texts): { readonly [path: string]: string } =>
  typeof texts === 'string' ? { [alone]: texts } : texts;

const sourcesOf = (texts: Texts): Sources =>
  new Map(Object.entries(textsOf(texts)).map(([path, text]) => [path, { path, text }]));

const programOf = (
  checked: Checked,
  { sources, passes }: Pick<Program, 'sources' | 'passes'>,
): Program => ({
  nets: checked.nets.map(({ name, input, output, body }) => ({
    ...{ name, input: showType(input), output: showType(output) },
    parameters: body.totals.params,
  })),
  trainings: checked.trainings.map(({ name }) => name),
  ...{ checked, sources, passes },
});

/** The passes that need not be asked for. */
const defaultPasses = (pages: Pages): readonly Pass[] => {
  const rows = passTable.filter(({ byDefault }) => byDefault);
  const sources = [...new Set(rows.map(({ file }) => file))].flatMap((file): readonly Source[] => {
    const [path, text] = [asShipped(file), pages[`passes/${file}`]];
    return text === undefined ? [] : [{ path, text }];
  });
  return passesOfRows(rows, sources).map((pass) => ({ ...pass, unasked: true }));
};

/** Compiles texts, of which `entry` is the program and imports others; `pages` has the passes that netc ships. */
export const compileWith = (pages: Pages, texts: Texts, entry: string): Answer<Program> => {
  const sources = sourcesOf(texts);
  const files = filesOf((path) => sources.get(path)?.text, pages);
  const found = gate(analyse(files, entry));
  const program = resultOf(found);
  const said = answer(found, sources);
  const made = (checked: Checked): Program =>
    programOf(checked, { sources, passes: defaultPasses(pages) });
  return { ...said, value: program && made(program) };
};
