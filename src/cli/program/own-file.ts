/** A declaration of a program that a command writes anew, with other clauses, in a file of its own beside the program's. */
import type { Source, Span } from '../../syntax/source.ts';
import type { Program } from '../../typecheck/program/program.ts';
import { isIn, type OwnFile, type Sound } from './load.ts';
import { inOptions, optionsPath, type SetClauses } from './set.ts';

/** What is declared: `KEYWORD NAME : HEAD { CLAUSES }`, and what stands behind it. */
export type OwnDeclaration = {
  readonly keyword: 'train' | 'eval';
  readonly name: string;
  /** where the program has the text that the head begins with, which names the net; undefined where netc wrote it */
  readonly net: Span | undefined;
  readonly head: string;
  readonly clauses: SetClauses;
  readonly behind: string;
  /** what messages show in place of the file: the options that the clauses come from, or another */
  readonly shown: Source;
};

/** The options that clauses come from, as messages show them. */
export const optionsOf = ({ options }: SetClauses): Source => ({
  path: optionsPath,
  text: options,
});

/** The text at a place of the program. */
export const textAt = ({ files }: Program, { path, start, end }: Span): string =>
  files.get(path)?.source.text.slice(start, end) ?? '';

/** The file with the declaration. It imports the program's file and all that this imports. */
export const ownFile = (
  { file, program, shown: shownPath }: Pick<Sound, 'file' | 'program' | 'shown'>,
  { keyword, name, net, head, clauses, behind, shown }: OwnDeclaration,
): OwnFile => {
  const { tree } = program.files.get(program.entry)!;
  const base = file.slice(file.replaceAll('\\', '/').lastIndexOf('/') + 1);
  // names that the file imports are not its own, and the net or a clause may be said with them
  const imports = tree.declarations.flatMap((d) =>
    d.tag === 'import' ? [textAt(program, d.span)] : [],
  );
  const beforeNet = [`import "${base}"`, ...imports, `${keyword} ${name} : `].join('\n');
  const before = `${beforeNet}${head} {\n`;
  const netEnd = beforeNet.length + (net === undefined ? 0 : net.end - net.start);
  return {
    text: `${before}${clauses.text}}\n${behind}`,
    shown,
    back: (span) => {
      if (net !== undefined && span.end <= netEnd) {
        const by = net.start - beforeNet.length;
        return { path: shownPath(net.path), start: span.start + by, end: span.end + by };
      }
      return clauses.options === ''
        ? { path: shown.path, start: 0, end: shown.text.length }
        : inOptions(clauses, before.length, span);
    },
  };
};

/** What was made of such a declaration, under the name and at the place of the one that it stands for. */
export const inPlaceOf = <A extends { readonly places: ReadonlyMap<string, Span> }>(
  own: OwnFile,
  made: A,
  { name, span }: { readonly name: string; readonly span: Span },
): A & { readonly name: string; readonly span: Span } => {
  const places = Array.from(
    made.places,
    ([word, place]) => [word, isIn(own, place) ? own.back(place) : place] as const,
  );
  return { ...made, name, span, places: new Map(places) };
};
