/** What a rename would change of the meaning of programs: their words are looked up before it and after. */
import { applied, type Change } from './edits.ts';
import type { Ground } from './ground.ts';
import type { Use } from './meaning.ts';
import { newError } from './new-error.ts';
import { positionOf } from './text.ts';
import { usesOf } from './uses.ts';
import type { View } from '../workspace/workspace.ts';
import type { Span } from '../syntax/source.ts';

/** The changes of each file, in the order of its text. */
type ByFile = ReadonlyMap<string, readonly Change[]>;

const byFile = (changes: readonly Change[]): ByFile => {
  const files = new Map<string, Change[]>();
  for (const change of changes.toSorted((a, b) => a.span.start - b.span.start)) {
    const there = files.get(change.span.path);
    if (there === undefined) files.set(change.span.path, [change]);
    else there.push(change);
  }
  return files;
};

/** Where the beginnings of words lie after the changes of their files. */
const mover = (files: ByFile): ((place: Span) => number) => {
  const shifts = new Map(
    [...files].map(([path, changes]) => {
      let shift = 0;
      const all = changes.map(({ span, newText }) => {
        shift += newText.length - (span.end - span.start);
        return { behind: span.end, shift };
      });
      return [path, all] as const;
    }),
  );
  return ({ path, start }) => {
    const all = shifts.get(path) ?? [];
    let [from, to] = [0, all.length]; // the changes before a place are those before one between these two
    while (from < to) {
      const middle = (from + to) >> 1;
      if (all[middle]!.behind <= start) from = middle + 1;
      else to = middle;
    }
    return start + (all[from - 1]?.shift ?? 0);
  };
};

/** Whether a word means after the rename what it meant before. */
const isKept = (
  before: Use,
  after: Use | undefined,
  moved: (place: Span) => number,
  renamed: (use: Use) => string,
): boolean => {
  if (after === undefined) return false;
  const a = before.declared;
  const b = after.declared;
  const isSame =
    a === undefined || b === undefined
      ? a === b
      : a.span.path === b.span.path && moved(a.span) === b.span.start;
  return (
    isSame &&
    moved(before.word) === after.word.start &&
    renamed(before) === after.text &&
    before.from === after.from &&
    before.argument?.operator === after.argument?.operator
  );
};

/** A word with its place: `c` in line 4 of `main.net`. */
const shown = (ground: Ground, { text, word: { path, start } }: Use): string => {
  const file = ground.textOf(path);
  const line = file === undefined ? '' : `line ${positionOf(file, start).line + 1} of `;
  return `\`${text}\` in ${line}\`${path}\``;
};

/** What would be wrong with a program after a rename; undefined where every word means what it meant. */
const wrongIn = (ground: Ground, view: View, files: ByFile, name: string): string | undefined => {
  const { projects, document } = ground;
  const named = `with the name \`${name}\``;
  const touched = [...files].filter(([path]) => view.sources.has(path));
  const texts = new Map(
    touched.map(([path, changes]) => [path, applied(view.sources.get(path)!.text, changes)]),
  );
  const { root } = document;
  const after = projects.trial({ root, path: view.entry }, view, texts);
  const moved = mover(files);
  const places = new Set(
    [...files].flatMap(([path, all]) => all.map(({ span }) => `${path} ${span.start}`)),
  );
  const renamed = ({ word, text }: Use): string =>
    places.has(`${word.path} ${word.start}`) ? name : text;
  for (const path of view.program?.files.keys() ?? []) {
    const uses = usesOf(after, path);
    const other = usesOf(view, path).find((use, i) => !isKept(use, uses[i], moved, renamed));
    if (other !== undefined) return `${named}, ${shown(ground, other)} would mean something else`;
  }
  const code = newError(view, after);
  return code && `${named}, the program would have the error ${code}`;
};

/** Why changes that write `name` at some places would change what programs mean. */
export const changesMeaning = (
  ground: Ground,
  views: readonly View[],
  changes: readonly Change[],
  name: string,
): string | undefined => {
  const files = byFile(changes);
  for (const view of views) {
    const wrong = wrongIn(ground, view, files, name);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};
