/**
 * The server follows the text to say what a word means (`uses.ts`), and so can in what the checker never reaches. Where
 * the checker looks a word up, both must mean the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { usesOf } from '../../src/server/uses.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Name } from '../../src/syntax/tree.ts';
import type { View } from '../../src/workspace/workspace.ts';
import { analysed, main, splitFiles, type Texts } from '../typecheck/program.ts';

const shown = (place: Span | undefined): string =>
  place === undefined ? 'built in' : `${place.path}:${place.start}`;

/** The words whose meanings differ, each with that of the checker and that of the server. */
const differences = (files: Texts): readonly string[] => {
  const meant = new Map<Name, Span | undefined>();
  const program = analysed(files, {
    asserts: true,
    meant: ({ parts }, { from, span }) => {
      // what a trial makes up, and what an import that is lost would bring, is declared nowhere
      if (from === 'std' || span !== undefined) meant.set(parts[parts.length - 1]!, span);
    },
  });
  const view: View = {
    entry: main,
    program: resultOf(program),
    found: [],
    locate: (place) => place,
    sources: new Map(),
  };
  return [...meant].flatMap(([{ text, span }, declared]) => {
    const use = usesOf(view, span.path).find(({ word }) => word.start === span.start);
    const said = use === undefined ? 'no name' : shown(use.declared?.span);
    return said === shown(declared)
      ? []
      : [`${shown(span)} ${text}: ${shown(declared)}, not ${said}`];
  });
};

const root = join(import.meta.dirname, '..', '..');
const sources = ['examples', 'passes', 'test/cases/check', 'test/cases/fmt'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.net'))
    .map((name) => `${folder}/${name}`),
);

it('the server and the checker mean the same by every word', () => {
  const found = sources.flatMap((path) =>
    differences(splitFiles(readFileSync(join(root, path), 'utf8'))).map((d) => `${path}: ${d}`),
  );
  expect(found).toEqual([]);
});
