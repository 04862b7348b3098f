/** What a command printed, as one text for golden files. */
import type { Printed } from './session.ts';

/** Messages stand behind `! `, so that nobody takes them for data. */
const marked = ({ to, text }: Printed): string =>
  to === 'out' ? text : text.replaceAll(/^.+$/gm, '! $&').replaceAll(/^\n/gm, '!\n');

/** Lines of the passes that netc ships: they move when a comment there does. */
const withoutLines = (text: string): string =>
  text.replaceAll(/(passes\/[\w-]+\.net):\d+:\d+/g, '$1:…');

/** Figures behind the fourth differ between versions of Node and of an engine. */
const rounded = (text: string): string =>
  text.replaceAll(/^( *\d+ +-?0\.0*[1-9]\d{3})\d+/gm, '$1…');

/** Everything in the order in which it was printed, and how the command ended unless that was well. */
export const shown = (code: number, printed: readonly Printed[]): string =>
  rounded(withoutLines(printed.map(marked).join(''))) + (code === 0 ? '' : `(exit code ${code})\n`);
