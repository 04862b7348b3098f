/** The words of operators, as far as the parser needs them to read slips. */
import { table } from './table.ts';

const rows = [...table.values()];

/** All of them, and those whose first argument is a window, which papers write as part of the word: `conv3`, `maxpool2`. */
export const operatorWords: {
  readonly operators: ReadonlySet<string>;
  readonly windowed: ReadonlySet<string>;
} = {
  operators: new Set(rows.map(({ name }) => name)),
  windowed: new Set(
    rows.filter(({ params }) => params[0]?.kind.tag === 'extent').map(({ name }) => name),
  ),
};
