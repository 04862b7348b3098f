/** The canonical layout, of a file or of the declarations that a stretch touches. */
import * as E from 'fp-ts/lib/Either.js';
import type { TextEdit } from 'vscode-languageserver-protocol';
import { format } from '../../format/format.ts';
import { at } from '../client.ts';
import { groundOf, invalid, ofFile, ofStretch, offsetIn, type Feature } from '../feature.ts';
import { rangeIn, treeOf, type Ground } from '../ground.ts';

/** The lines that differ, as one edit: the cursor stays where nothing changes. */
const editsFor = (
  ground: Ground,
  within: { readonly start: number; readonly end: number },
): readonly TextEdit[] => {
  const { text } = ground.text;
  const before = text.split(/(?<=\n)/);
  const after = format({ path: ground.path, text }).text.split(/(?<=\n)/);
  const starts = [0];
  for (const line of before) starts.push(starts.at(-1)! + line.length);
  return stretches(before, after).flatMap(({ from, to, lines }) => {
    const [start, end] = [starts[from]!, starts[to]!];
    // a place between lines, or whole lines
    const touches =
      start === end
        ? start >= within.start && start <= within.end
        : start < within.end && end > within.start;
    return touches ? [{ range: rangeIn(ground, { start, end }), newText: lines.join('') }] : [];
  });
};

type Stretch = { readonly from: number; readonly to: number; readonly lines: readonly string[] };

/** A line without its blanks, by which lines before and after are compared. */
const bare = (line: string): string => line.replaceAll(/\s/g, '');

/**
 * The stretches of lines that differ. The layout changes blanks and breaks alone, so both texts are walked together, and
 * meet wherever as many other characters have gone by.
 */
const stretches = (before: readonly string[], after: readonly string[]): readonly Stretch[] => {
  const found: Stretch[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (before[i] === after[j]) {
      i++;
      j++;
      continue;
    }
    const [from, start] = [i, j];
    let [a, b] = [0, 0];
    do {
      if (i < before.length && (a <= b || j >= after.length)) a += bare(before[i++]!).length;
      else b += bare(after[j++] ?? '').length;
    } while (a !== b && (i < before.length || j < after.length));
    found.push({ from, to: i, lines: after.slice(start, j) });
  }
  return found;
};

const everywhere = { start: 0, end: Infinity };

export const formatting: Feature = ofFile(
  {
    method: 'textDocument/formatting',
    name: 'Formatting',
    doc: 'the canonical layout of `netc fmt`: of a file, of the declarations that a selection touches, and of the one that `}` or a line break ends',
    offers: () => ({ documentFormattingProvider: true }),
  },
  (ground) => editsFor(ground, everywhere),
);

/** The declarations that a stretch touches. */
const around = (
  ground: Ground,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } => {
  const touched = (treeOf(ground)?.declarations ?? [])
    .map(({ span }) => ground.view.locate(span))
    .filter((place) => place.start <= end && place.end >= start);
  return {
    start: Math.min(start, ...touched.map((place) => place.start)),
    end: Math.max(end, ...touched.map((place) => place.end)),
  };
};

export const rangeFormatting: Feature = ofStretch(
  {
    method: 'textDocument/rangeFormatting',
    name: '',
    doc: '',
    offers: () => ({ documentRangeFormattingProvider: true }),
  },
  (ground, stretch) => editsFor(ground, around(ground, stretch)),
);

export const onTypeFormatting: Feature = {
  method: 'textDocument/onTypeFormatting',
  name: '',
  doc: '',
  offers: () => ({
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
  }),
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.chain((offset: number) => {
        const typed = at(params, 'ch');
        if (typeof typed !== 'string') return invalid('`ch` must be a string');
        const { text } = ground.text;
        const place = { start: offset, end: offset };
        // a bracket ends what it closes; the line of a cursor behind a line break has only begun
        return E.right(
          editsFor(ground, typed === '}' ? around(ground, place) : lineBefore(text, offset)),
        );
      })(offsetIn(ground, at(params, 'position'))),
    )(groundOf(session, params)),
};

/** The line before that of a place. */
const lineBefore = (
  text: string,
  offset: number,
): { readonly start: number; readonly end: number } => {
  const end = Math.max(0, text.lastIndexOf('\n', offset - 1));
  return { start: text.lastIndexOf('\n', end - 1) + 1, end };
};
