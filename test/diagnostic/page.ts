/** The programs on a page of `docs/errors`, and a disk made of them. */
import { posix } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Source } from '../../src/syntax/source.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';

/** Files by path; the first is the entry. */
export type Programs = ReadonlyMap<string, string>;

export type Page = { readonly broken: Programs; readonly mended: Programs };

const blocks = (part: string, standard: string): Programs =>
  new Map(
    Array.from(part.matchAll(/^```net(?: (\S+))?\n([^]*?)^```$/gm), ([, name, text]) => [
      name ?? standard,
      text!,
    ]),
  );

/** What comes before "How to mend it" is broken; files that are not mended stay as they were. */
export const readPage = (text: string, code: string): Page => {
  const [before, after = ''] = text.split('## How to mend it');
  const broken = blocks(before!, `${code}.net`);
  return { broken, mended: new Map([...broken, ...blocks(after, `${code}.net`)]) };
};

/** Puts what the user sees into the block of text on the page. */
export const withOutput = (text: string, output: string): string =>
  text.replace(/^```text\n[^]*?^```$/m, () => `\`\`\`text\n${output}\`\`\``);

export const inMemory = (programs: Programs): Files => ({
  read: (path) => {
    const text = programs.get(path);
    return text === undefined
      ? Either.left({ code: 'E0001', message: 'cannot be read: it does not exist' })
      : Either.right({ path, text });
  },
  resolve: (from, written) => {
    const path = posix.join(posix.dirname(from), written);
    return path.startsWith('../')
      ? Either.left({ code: 'E0005', message: 'lies outside the project' })
      : Either.right(path);
  },
});

export const sourcesOf = (programs: Programs): ReadonlyMap<string, Source> =>
  new Map(Array.from(programs, ([path, text]) => [path, { path, text }]));
