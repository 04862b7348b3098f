/** What other frameworks call the layers of netc, as their rows say. */
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { identity } from '../../ops/roles.ts';
import { table, type Row } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';

/** How netc writes a layer of another framework, what that `does`, and the `row` if one word replaces the other. */
type Counterpart = { readonly written: string; readonly does: string; readonly row?: Row };

/** Words that mean several operators of netc, or no operator. */
const others: readonly (readonly [names: string, Counterpart])[] = [
  [
    'residual residualblock',
    { written: `f + ${identity.name}`, does: 'a layer beside a shortcut' },
  ],
  ['sequential', { written: 'f; g', does: 'one layer after the other' }],
];

const operators = [...table.values()].flatMap((row): typeof others => {
  if (row.elsewhere === undefined) return [];
  const { names, written, does } = row.elsewhere;
  // a join is written with a sign, and no word can stand in the place of a word
  return [[names, row.inputs.tag === 'join' ? { written, does } : { written, does, row }]];
});

const counterparts: ReadonlyMap<string, Counterpart> = new Map(
  [...operators, ...others].flatMap(([names, to]) =>
    names.split(' ').map((name) => [name, to] as const),
  ),
);

/** What to write for a word of another framework; undefined for any other word. */
export const counterpart = (
  name: string,
  at: Span,
  text: (span: Span) => string,
):
  { readonly label: string; readonly note: string; readonly fixes: readonly Fix[] } | undefined => {
  const to = counterparts.get(name.toLowerCase().replaceAll('_', ''));
  if (to === undefined) return undefined;
  const { written, does, row } = to;
  const note = `\`${written}\` is ${does}`;
  const label = `netc writes \`${row?.name ?? written}\``;
  return { label, note, fixes: row === undefined ? [] : [instead(row, at, text)] };
};

/** The kernel size is part of the word: `maxpool2d-2` is `maxpool2`, and `conv2d-64` lacks one, which is mostly 3. */
const instead = ({ name, params }: Row, at: Span, text: (span: Span) => string): Fix => {
  const behind = text({ ...at, start: at.end, end: at.end + 12 });
  const number = /^-(\d+)(?![\w-])/.exec(behind);
  const kernel = params.find(({ kind }) => kind.tag === 'extent');
  if (kernel?.default !== undefined && number !== null) {
    const joined = `${name}${number[1]}`;
    return replace(`write \`${joined}\``, { ...at, end: at.end + number[0].length }, joined);
  }
  const counts = params.some((p) => p.kind.tag === 'integer' && p.default === undefined);
  const sized = kernel !== undefined && counts && number !== null ? `${name}3` : name;
  return replace(`write \`${sized}\``, at, sized);
};
