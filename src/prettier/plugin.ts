/**
 * `netc fmt` as a plugin of Prettier: `{ "plugins": ["netc/prettier"] }`. Prettier's own options do not apply: the layout
 * of a program is one, whoever writes it.
 */
import type { Parser, Printer, SupportLanguage } from 'prettier';
import { format } from '../format/format.ts';

/** A whole file. */
type File = { readonly laidOut: string; readonly length: number };

export const languages: SupportLanguage[] = [
  { name: 'netc', parsers: ['netc'], extensions: ['.net'] },
];

export const parsers: { readonly netc: Parser<File> } = {
  netc: {
    parse: (text, { filepath }) => ({
      laidOut: format({ path: filepath ?? 'stdin.net', text }).text,
      length: text.length,
    }),
    astFormat: 'netc',
    locStart: () => 0,
    locEnd: ({ length }) => length,
  },
};

export const printers: { readonly netc: Printer<File> } = {
  netc: { print: ({ node }) => node.laidOut },
};
