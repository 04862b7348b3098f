/** A line for each net of a file. */
import { plural, short, thousands } from '../../numeric/figures.ts';
import { showType } from '../../ops/types.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { lines, ruled } from '../table.ts';
import { unknown } from './cells.ts';
import { tableRow } from './markdown.ts';

const overviewHead = ['net', 'input', 'output', 'layers', 'parameters', 'MACs'] as const;

const overviewOf = ({
  name,
  input,
  output,
  body: { totals: sums },
}: TypedNet): readonly string[] => [
  name,
  showType(input),
  showType(output),
  thousands(sums.layers),
  thousands(sums.params),
  sums.macs === undefined ? unknown : short(sums.macs),
];

/** As a table for the terminal. */
export const showOverview = (nets: readonly TypedNet[]): string =>
  lines(
    ...ruled(
      [overviewHead, ...nets.map(overviewOf)],
      ['left', 'left', 'left', 'right', 'right', 'right'],
    ),
    '',
    `${plural(nets.length, 'net')}; --net NAME shows the layers of one`,
  );

/** As Markdown. */
export const markdownOverview = (nets: readonly TypedNet[]): string =>
  lines(
    tableRow(overviewHead),
    tableRow(['---', '---', '---', '---:', '---:', '---:']),
    ...nets.map((net) => tableRow(overviewOf(net))),
  );
