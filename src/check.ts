/**
 * The phases of a program: from files to nets with the type of every layer. `compile.ts` goes on with one net. They
 * are two files, because `netc check` needs the first alone and starts the faster without the second.
 */
import { andThen, checked, diagnosticsOf, gate, type Checked } from './diagnostic/checked.ts';
import { operatorWords } from './ops/words.ts';
import { parse } from './parser/parse.ts';
import { followedBy, line, unwatched, type Phase, type Watch } from './phase.ts';
import { showProtocols } from './protocol/write.ts';
import { showNets } from './report/typed.ts';
import { applyPassesOf } from './rewrite/variants.ts';
import { checkRules } from './rewrite/verify/check-rules.ts';
import { showTree } from './syntax/show.ts';
import {
  checkingProgram,
  checkProgram,
  type Options,
  type SoFar,
} from './typecheck/program/check.ts';
import type { Past } from './typecheck/program/memory.ts';
import { loadModules, type Files, type Modules, type Parse } from './typecheck/program/modules.ts';
import type { Program } from './typecheck/program/program.ts';

/** A file of the program, and where all files come from. */
type Entry = { readonly files: Files; readonly entry: string };

/** How a program is read and checked: from scratch, or with what was found out before. */
export type Means = {
  readonly parse: Parse;
  readonly past?: Past;
  readonly checkRules: typeof checkRules;
};

/** Nothing is known, and nothing is kept. */
const fromScratch = (): Means => ({
  parse: (source) => parse(source, operatorWords),
  checkRules,
});

const parsing = (means: Means): Phase<Entry, Modules> => ({
  name: 'parse',
  // what is wrong with the files the checker reports, with what it finds itself
  run: ({ files, entry }) => checked(loadModules(files, means.parse, entry), []),
  show: ({ byPath, entry }) => {
    const main = byPath.get(entry);
    return main === undefined ? '' : showTree(main.tree).trimEnd();
  },
  amounts: ({ byPath }) => [
    [byPath.size, 'file'],
    [[...byPath.values()].reduce((n, { source }) => n + source.text.split('\n').length, 0), 'line'],
  ],
});

const withRules = (means: Means, program: Checked<Program>): Checked<Program> =>
  andThen(program, (p) =>
    checked(p, means.checkRules(p.files.get(p.entry), diagnosticsOf(program))),
  );

const checking = (options: Options, means: Means): Phase<Modules, Program> => ({
  name: 'check',
  run: (modules) => withRules(means, checkProgram(modules, options, applyPassesOf, means.past)),
  show: ({ nets, trainings, evaluations }) =>
    `${showNets(nets)}${showProtocols(trainings, evaluations)}`,
  amounts: ({ nets }) => [
    [nets.length, 'net'],
    [nets.reduce((n, net) => n + net.body.totals.layers, 0), 'layer'],
  ],
});

/** What can be said of a program, however broken: for the editor and for `check`. */
export const analyse = (
  files: Files,
  entry: string,
  options: Options = { asserts: true },
  watch: Watch = unwatched,
  means: Means = fromScratch(),
): Checked<Program> =>
  followedBy(line(parsing(means)), line(checking(options, means)))({ files, entry }, watch);

/** The same, declaration by declaration: whoever goes on with it may do something else in between, or give up. */
export function* analysing(
  files: Files,
  entry: string,
  means: Means & { readonly past: Past },
): Generator<() => SoFar, Checked<Program>> {
  const modules = loadModules(files, means.parse, entry);
  const program = checkingProgram(modules, { asserts: true }, applyPassesOf, means.past);
  return withRules(means, yield* program);
}

/** A program without errors, or nothing: the one gate before a graph is built. */
export const accept = (files: Files, entry: string, watch: Watch = unwatched): Checked<Program> =>
  gate(analyse(files, entry, { asserts: false }, watch));
