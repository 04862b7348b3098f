/** Stretches that fold: brackets, comments, imports. */
import type { FoldingRange } from 'vscode-languageserver-protocol';
import { ofFile, type Feature } from '../feature.ts';
import { treeOf, type Ground } from '../ground.ts';
import { lexemesOf } from '../lexemes.ts';
import { positionOf } from '../text.ts';

const folds = (ground: Ground): readonly FoldingRange[] => {
  const { text } = ground;
  const found: FoldingRange[] = [];
  const fold = (start: number, end: number, kind?: 'comment' | 'imports'): void => {
    const [a, b] = [positionOf(text, start), positionOf(text, end)];
    // a closing bracket stays in sight
    const last = kind === undefined ? b.line - 1 : b.line;
    if (last > a.line)
      found.push({ startLine: a.line, endLine: last, ...(kind === undefined ? {} : { kind }) });
  };
  const open: number[] = [];
  let comments: [start: number, end: number] | undefined;
  const all = lexemesOf(text);
  for (const { kind, start, text: word } of all) {
    const isComment = kind === 'comment';
    const follows =
      comments !== undefined && /^\r?\n[ \t]*$/.test(text.text.slice(comments[1], start));
    if (isComment && follows && comments !== undefined) comments[1] = start + word.length;
    else {
      if (comments !== undefined) fold(...comments, 'comment');
      comments = isComment ? [start, start + word.length] : undefined;
    }
    if (/^(\(|\[|.*\{|call)$/.test(kind)) open.push(start);
    else if (/^[)\]}]$/.test(kind)) {
      const begin = open.pop();
      if (begin !== undefined) fold(begin, start);
    }
  }
  if (comments !== undefined) fold(...comments, 'comment');
  const imports = (treeOf(ground)?.declarations ?? []).filter((d) => d.tag === 'import');
  const [first, last] = [imports[0], imports.at(-1)];
  if (first !== undefined && last !== undefined)
    fold(ground.view.locate(first.span).start, ground.view.locate(last.span).end, 'imports');
  return found;
};

export const folding: Feature = ofFile(
  {
    method: 'textDocument/foldingRange',
    name: 'Folding',
    doc: 'brackets, comments of several lines, and imports',
    offers: () => ({ foldingRangeProvider: true }),
  },
  folds,
);
