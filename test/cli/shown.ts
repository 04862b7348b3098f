/** The output of a command, as one text for golden files. */
import type { Printed } from './session.ts';

/** Messages stand behind `! `, which distinguishes them from data. */
const marked = ({ to, text }: Printed): string =>
  to === 'out' ? text : text.replaceAll(/^.+$/gm, '! $&').replaceAll(/^\n/gm, '!\n');

/** Line numbers in netc's own passes are masked: they change with comments. */
const withoutLines = (text: string): string =>
  text.replaceAll(/(passes\/[\w-]+\.net):\d+:\d+/g, '$1:…');

/** Cuts numbers after four figures: later ones differ between versions of Node and of an engine. */
const rounded = (text: string): string =>
  text.replaceAll(/^( *\d+ +-?0\.0*[1-9]\d{3})\d+/gm, '$1…');

/** All output in order, and the exit code unless it is 0. */
export const shown = (code: number, printed: readonly Printed[]): string =>
  rounded(withoutLines(printed.map(marked).join(''))) + (code === 0 ? '' : `(exit code ${code})\n`);
