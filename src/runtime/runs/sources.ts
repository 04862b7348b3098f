/** The program that a run was made of, kept in its folder: `source.net`, and `source/` where it imports others. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Source } from '../../syntax/source.ts';
import { readText } from '../files/texts.ts';
import { sha256 } from '../disk/digest.ts';
import { malformedRun, type RunRecord } from './record.ts';

/** The main file of a program, and those that it imports. */
export type Sources = readonly [main: Source, ...imported: readonly Source[]];

/** The folders that all paths begin with, with a `/` at the end; empty if there are none. */
const sharedFolder = (paths: readonly string[]): string => {
  const [first = '', ...others] = paths;
  const parts = first.split('/').slice(0, -1);
  const begins = (n: number): string =>
    parts
      .slice(0, n)
      .map((p) => `${p}/`)
      .join('');
  const n = [...parts.keys(), parts.length]
    .reverse()
    .find((k) => others.every((p) => p.startsWith(begins(k))));
  return begins(n ?? 0);
};

/** SHA-256 of a program: the same wherever it lies, and whatever its main file is called. */
export const sourceDigest = ([main, ...imported]: Sources): string => {
  const shared = sharedFolder([main, ...imported].map(({ path }) => path));
  const others = imported.map(({ path, text }) => [path.slice(shared.length), text] as const);
  others.sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([main.text, ...others]));
};

/** The name of the main file in the folder of a run. */
export const mainFile = 'source.net';

/** The files of a program as a run keeps them, by their names in its folder. */
export const keptSources = (
  sources: Sources,
): readonly { readonly name: string; readonly text: string }[] => {
  const [main] = sources;
  const all = sources.map(({ path, text }) => ({ name: `source/${path}`, text }));
  return [{ name: mainFile, text: main.text }, ...(sources.length > 1 ? all : [])];
};

/** More than a program may have. */
const mostBytes = 2 ** 24;

/** The program that a run keeps (E0944). */
export const readSources = (
  folder: string,
  { sources }: RunRecord,
): Either<Diagnostic, readonly Source[]> => {
  const found: Source[] = [];
  for (const path of sources) {
    const name = sources.length > 1 ? `source/${path}` : mainFile;
    const malformed = (what: string): Diagnostic =>
      malformedRun(folder, `its \`${name}\`: ${what}`);
    const text = readText(`${folder}/${name}`, mostBytes, malformed);
    if (E.isLeft(text)) return text;
    found.push({ path, text: text.right });
  }
  return E.right(found);
};

/** The most lines of a difference that are listed. */
const most = 8;

/** Lines that differ, those before with `-` and those after with `+`; none for equal texts. */
const changedLines = (before: string, after: string): readonly string[] => {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  const least = Math.min(a.length, b.length) - start;
  while (end < least && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [
    ...a.slice(start, a.length - end).map((line) => `- ${line.trim()}`),
    ...b.slice(start, b.length - end).map((line) => `+ ${line.trim()}`),
  ].filter((line) => line.length > 2);
};

/** What became of a program, in lines for a message; none for one that is the same. */
export const sourceDifference = (
  before: readonly Source[],
  after: readonly Source[],
): readonly string[] => {
  const lines = after.flatMap(({ path, text }, i) => {
    const old = i === 0 ? before[0] : before.find((s, k) => k > 0 && s.path === path);
    return old === undefined ? [`+ ${path}`] : changedLines(old.text, text);
  });
  const gone = before.slice(1).filter(({ path }) => after.every((s) => s.path !== path));
  const all = [...lines, ...gone.map(({ path }) => `- ${path}`)];
  return all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more lines`];
};
