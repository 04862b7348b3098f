/** The lines of a comparison in columns, as wide as the terminal: longer cells continue below in their column. */
import { padEnd, padStart, tame, widthOf } from '../../diagnostic/terminal/terminal-width.ts';
import type { Mark } from './tree.ts';
import { broken, leastWidth } from '../wrap-cells.ts';

/** A layer, a folder, or a text for layers left out. Such a text has no columns and may be longer than a name. */
export type Line = {
  readonly mark: Mark;
  readonly name: string; // indented
  readonly told?: {
    readonly sign: string;
    readonly what: string;
    readonly out: string; // the type, or two
    readonly params: string;
  };
};

type Row = Pick<Line, 'mark' | 'name'> & { readonly told: NonNullable<Line['told']> };

type Widths = { readonly [column in 'name' | 'what' | 'out' | 'params']: number };

const between = '  ';

/** The words about a layer get at least `from` cells, and up to `to` if they need them. */
const leastWords = { from: 20, to: 30 };

const widest = (cells: readonly string[]): number =>
  cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0);

/** A folder has a name, a reference to a similar one, and parameters: they may reach into the columns of layers. */
const isFolder = ({ mark }: Row): boolean => mark === 'folder';

const headOf = ({ name, told: { what } }: Row, width: number): string =>
  what === '' ? name : padEnd(name, width) + between + what;

/** Chooses widths. To save room, first the words continue below, then the second of two sizes, then of two numbers. */
const widthsFor = (rows: readonly Row[], width: number): Widths => {
  const layers = rows.filter((row) => !isFolder(row));
  const of = (column: 'what' | 'out' | 'params') => layers.map((row) => row.told[column]);
  const name = widest(layers.map((row) => row.name));
  const what = widest(of('what'));
  const [outs, params] = [of('out'), of('params')];
  const room = (out: number, numbers: number): number =>
    width - 1 - name - out - numbers - 4 * between.length;
  const least = Math.max(leastWords.from, Math.min(leastWords.to, leastWidth(of('what'))));
  const choices = [
    [widest(outs), widest(params)],
    [leastWidth(outs), widest(params)],
    [leastWidth(outs), leastWidth(params)],
  ] as const;
  const roomy = choices.find(([out, numbers]) => room(out, numbers) >= Math.min(what, least));
  const [out, numbers] = roomy ?? choices[2];
  const words = Math.min(what, Math.max(least, room(out, numbers)));
  const widths = { name, what: words, out, params: numbers };
  // numbers of layers end in the same column as those of folders, which may need more room
  const folders = rows.filter(isFolder).map((row) => headOf(row, name) + between + row.told.params);
  const wider = Math.min(widest(folders), width - 1 - between.length) - reach(widths);
  return { ...widths, params: numbers + Math.max(0, wider) };
};

/** The width from the start of names to the end of numbers. */
const reach = ({ name, what, out, params }: Widths): number =>
  name + what + out + params + 3 * between.length;

const linesOf = (row: Row, widths: Widths): readonly string[] => {
  const { name, told } = row;
  if (isFolder(row)) {
    const head = headOf(row, widths.name);
    const room = reach(widths) - widthOf(head) - widthOf(told.params);
    const gap = Math.max(between.length, room);
    return [joined([told.sign, `${head}${' '.repeat(gap)}${told.params}`])];
  }
  const [what, out] = [broken(told.what, widths.what), broken(told.out, widths.out)];
  const params = broken(told.params, widths.params);
  const height = Math.max(what.length, out.length, params.length);
  return Array.from({ length: height }, (_, i) =>
    joined([
      i === 0 ? told.sign : '',
      padEnd(i === 0 ? name : '', widths.name),
      padEnd(what[i] ?? '', widths.what),
      padEnd(out[i] ?? '', widths.out),
      padStart(params[i] ?? '', widths.params),
    ]),
  );
};

const joined = ([sign = '', ...cells]: readonly string[]): string =>
  tame([padEnd(sign, 1), ...cells].join(between).trimEnd());

/** The lines in the order of the comparison; at most `width` wide, unless a name or a type alone is wider. */
export const table = (
  all: readonly Line[],
  width: number,
): readonly { readonly mark: Mark; readonly line: string }[] => {
  const rows = all.flatMap(({ mark, name, told }) =>
    told === undefined ? [] : [{ mark, name, told }],
  );
  const widths = widthsFor(rows, width);
  return all.flatMap(({ mark, name, told }) => {
    const lines = told === undefined ? [`   ${name}`] : linesOf({ mark, name, told }, widths);
    return lines.map((line) => ({ mark, line }));
  });
};
