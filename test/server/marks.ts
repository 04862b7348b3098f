/** Sources with marks: `«»` is a cursor, `«…»` a selection. Files but the first stand behind a line `-- ==> name`. */
import { positionOf, textOf } from '../../src/server/text.ts';
import { main, splitFiles, type Texts } from '../typecheck/program.ts';

export type Mark = {
  readonly path: string;
  readonly start: number;
  readonly end: number;
};

export type Marked = { readonly files: Texts; readonly marks: readonly Mark[] };

export const marked = (source: string): Marked => {
  const marks: Mark[] = [];
  const files = new Map(
    [...splitFiles(source)].map(([path, text]) => {
      let plain = '';
      let start = 0;
      for (const part of text.split(/([«»])/)) {
        if (part === '«') start = plain.length;
        else if (part === '»') marks.push({ path, start, end: plain.length });
        else plain += part;
      }
      return [path, plain] as const;
    }),
  );
  return { files, marks };
};

export const positionIn = (files: Texts, path: string, offset: number) =>
  positionOf(textOf(files.get(path) ?? '', 'utf-16'), offset);

export { main };
