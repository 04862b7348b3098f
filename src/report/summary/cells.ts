/** What the cells of a summary say, for tables in text and in Markdown. */
import { bytes, plural, short, thousands } from '../../numeric/figures.ts';
import { paperOf, showPaper } from '../../ops/paper.ts';
import { rowOf } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import { spanOf, type LayerFacts } from '../layer-costs.ts';
import type { Row } from './fold.ts';
import type { Read } from './reads.ts';
import { stem } from './tree.ts';

/** What is not known while a size is free. */
export const unknown = '–';

const zeroless = (n: number | undefined, f: (n: number) => string): string =>
  n === undefined ? unknown : n === 0 ? '' : f(n);

/** `74%`, `1.8%`, `<0.1%` */
const shareText = (part: number, whole: number): string => {
  const percent = (100 * part) / whole;
  if (percent < 0.05) return '<0.1%';
  return `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)}%`;
};

const share = (part: number | undefined, whole: number | undefined): string =>
  part === undefined || whole === undefined || part === 0 ? '' : shareText(part, whole);

/** What a pixel of the result sees of the image, `7`; `all` of it behind a flatten. */
const fieldText = ({ field }: LayerFacts): string => {
  const span = spanOf(field);
  if (span === undefined) return 'all';
  return typeof span === 'number' ? String(span) : `${span.h}x${span.w}`;
};

/** `3× unit2…4`, `2× conv1` in a folder that is there twice. */
export const nameOf = ({ name, to, count }: Row): string => {
  if (count === 1) return name;
  if (name === to) return `${count}× ${name}`;
  const isNumber = stem(name) === stem(to);
  return `${count}× ${name}…${isNumber ? /\d+$/.exec(to)![0] : to}`;
};

const joined = (reads: readonly Read[], sign: string): string =>
  reads.map(({ name }) => name).join(` ${sign} `);

const isJoin = ({ node }: LayerFacts): boolean => rowOf(node.op).inputs.tag === 'join';

/** A layer as a program may write it; a join with the names of what it joins. */
const layerText = ({ node }: LayerFacts, reads: readonly Read[], full: boolean): string => {
  const row = rowOf(node.op);
  if (row.inputs.tag === 'join') return joined(reads, row.inputs.sign);
  const { head, rest } = paperOf(row, node.args);
  if (full || rest.length === 0) return showPaper(row, node.args);
  return head.endsWith(')') ? head : `${head}(…)`;
};

/** Folders of more layers, or in more letters, are not written out. */
const mostWritten = { layers: 3, letters: 30 };

/** A folded folder: its layers if they are few and follow each other, else their number. */
const foldedText = ({ branch, count }: Row, full: boolean): string => {
  const { children, layers } = branch;
  const isLine = children.every((c) => c.children.length === 0 && c.reads.length === 0);
  if (isLine && layers <= mostWritten.layers)
    for (const all of full ? [true, false] : [false]) {
      const written = children.map((c) => layerText(c.first, c.reads, all)).join('; ');
      if (written.length <= mostWritten.letters) return written;
    }
  return count === 1 ? plural(layers, 'layer') : `${plural(layers, 'layer')} each`;
};

/** What a row is and, where it does not go on with the row above, what it reads: `conv1-64 ← id`. */
const rowText = (row: Row, full: boolean): string => {
  const { branch, below } = row;
  const { first, reads, children } = branch;
  if (children.length === 0 && isJoin(first)) return layerText(first, reads, full);
  const from = reads.length === 0 ? '' : `← ${joined(reads, ', ')}`;
  const own = children.length === 0 ? layerText(first, reads, full) : foldedText(row, full);
  return `${below.length > 0 ? '' : own} ${from}`.trim();
};

/** What a cell may refer to. */
export type Whole = {
  readonly params: number;
  readonly macs: number | undefined; // unknown while a size is free, as is the memory
  readonly batch: number;
  readonly show: (type: TensorType) => string;
};

/** A column: its heading and its cells. */
export type Column = {
  readonly head: string;
  readonly isNumber: boolean;
  readonly needsSize?: true; // it has nothing to say while a size is free
  readonly cell: (row: Row, whole: Whole) => string;
};

const figures: readonly Column[] = [
  { head: 'in', isNumber: false, cell: ({ branch }, { show }) => show(branch.first.inputs[0]!) },
  { head: 'out', isNumber: false, cell: ({ last }, { show }) => show(last.node.output) },
  { head: 'parameters', isNumber: true, cell: ({ params }) => zeroless(params, thousands) },
  { head: '%', isNumber: true, cell: ({ params }, whole) => share(params, whole.params) },
  { head: 'MACs', isNumber: true, needsSize: true, cell: ({ macs }) => zeroless(macs, short) },
  {
    head: '%',
    isNumber: true,
    needsSize: true,
    cell: ({ macs }, whole) => share(macs, whole.macs),
  },
  {
    head: 'memory',
    isNumber: true,
    needsSize: true,
    cell: ({ bytes: size }, { batch }) =>
      zeroless(size === undefined ? undefined : size * batch, bytes),
  },
  {
    head: 'sees',
    isNumber: true,
    cell: ({ last, below }) => (below.length > 0 ? '' : fieldText(last)),
  },
];

/**
 * The columns behind the names. Layers have all their arguments if they are `full`, else `(…)` in place of those that
 * have no sign of their own.
 */
export const columnsOf = (full: boolean, { macs }: Whole): readonly Column[] => {
  const layers: Column = { head: 'layer', isNumber: false, cell: (row) => rowText(row, full) };
  return [layers, ...figures].filter(({ needsSize }) => !needsSize || macs !== undefined);
};
