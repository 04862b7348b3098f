/** Typed programs and graphs as text. */
import { showCall } from '../ops/show.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';
import { showSizes } from '../size/sizes.ts';
import type { Naming, Typed, TypedNet } from '../typecheck/net/typed.ts';
import { columns, text } from './table.ts';

const labelOf = ({ tag, text }: Naming): string => (tag === 'label' ? `${text}: ` : '');

const showNaming = ({ tag, text }: Naming): string => (tag === 'label' ? `${text}:` : text);

/** The title of a node, and the nodes below it; values that are remembered have numbers of the net. */
const shownAs = (
  t: Typed,
  numberOf: (key: number) => number,
): readonly [title: string, below: readonly Typed[]] => {
  switch (t.tag) {
    case 'op':
      return [`${labelOf(t.naming)}${showCall(rowOf(t.op), t.args)}`, []];
    case 'sequence':
      return [';', t.steps];
    case 'hole':
      return ['?', []];
    case 'repeat':
      return [`${t.copies.length}x`, t.copies];
    case 'join':
      return [`${labelOf(t.naming)}${t.op}`, t.branches];
    case 'folder':
      return [t.of === t.naming.text ? t.of : `${t.of} ${showNaming(t.naming)}`, [t.body]];
    case 'variant':
      return [`made by ${t.variant.passes.map((p) => p.name.text).join(', ')}`, [t.body]];
    case 'remember':
      return [`remember ${numberOf(t.key)}`, [t.body]];
    case 'recall':
      return [`recall ${numberOf(t.key)}`, []];
    case 'also':
      return [`also ${t.naming.text}`, [t.body]];
  }
};

/** Copies that are one node are shown once. */
const distinct = (all: readonly Typed[]): readonly Typed[] => [...new Set(all)];

/** The rows of a net, with all its layers. */
const rowsOf = (body: Typed): readonly (readonly string[])[] => {
  const rows: (readonly string[])[] = [];
  const keys = new Map<number, number>();
  const numberOf = (key: number): number => {
    if (!keys.has(key)) keys.set(key, keys.size);
    return keys.get(key)!;
  };
  const visit = (t: Typed, depth: number): void => {
    const [title, below] = shownAs(t, numberOf);
    // a sequence is replaced by its steps
    if (t.tag !== 'sequence')
      rows.push([`${'  '.repeat(depth)}${title}`, `${showType(t.input)} -> ${showType(t.output)}`]);
    const inner = t.tag === 'sequence' ? depth : depth + 1;
    for (const part of t.tag === 'repeat' ? distinct(below) : below) visit(part, inner);
  };
  visit(body, 1);
  return rows;
};

/** Every layer with its type, as the checker sees the net. */
const showTyped = (net: TypedNet): string => {
  const { name, input, output, admissible, body } = net;
  const admits =
    admissible === undefined
      ? []
      : [`  -- h ${showSizes(admissible.h)}, w ${showSizes(admissible.w)}`];
  return text([
    `net ${name} : ${showType(input)} -> ${showType(output)}`,
    ...admits,
    ...columns(rowsOf(body)),
  ]);
};

/** Typed nets one after the other, with an empty line behind each. */
export const showNets = (nets: readonly TypedNet[]): string =>
  nets.map((net) => `${showTyped(net)}\n`).join('');
