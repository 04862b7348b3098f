/** Typed programs and graphs as text. */
import { showCall } from '../ops/show.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';
import { showSizes } from '../typecheck/sizes.ts';
import type { Naming, Typed, TypedNet } from '../typecheck/typed.ts';
import { columns, lines } from './table.ts';

const labelOf = ({ tag, text }: Naming): string => (tag === 'label' ? `${text}: ` : '');

const showNaming = ({ tag, text }: Naming): string => (tag === 'label' ? `${text}:` : text);

/** What a node is, and what is below it. */
const shownAs = (t: Typed): readonly [title: string, below: readonly Typed[]] => {
  switch (t.tag) {
    case 'op':
      return [`${labelOf(t.naming)}${showCall(rowOf(t.op), t.args)}`, []];
    case 'sequence':
      return [';', t.steps];
    case 'repeat':
      return [`${t.copies.length}x`, t.copies];
    case 'join':
      return [`${labelOf(t.naming)}${t.op}`, t.branches];
    case 'folder':
      return [`${t.of} ${showNaming(t.naming)}`, [t.body]];
    case 'remade':
      return [`made by ${t.rewritten.passes.map((p) => p.name.text).join(', ')}`, [t.body]];
    case 'remember':
      return [`remember ${t.key}`, [t.body]];
    case 'recall':
      return [`recall ${t.key}`, []];
    case 'also':
      return [`also ${t.naming.text}`, [t.body]];
  }
};

/** Copies that are one node are shown once. */
const distinct = (all: readonly Typed[]): readonly Typed[] => [...new Set(all)];

const rowsOf = (t: Typed, depth: number): readonly (readonly string[])[] => {
  const [title, below] = shownAs(t);
  // a sequence is what its steps are, at the place where it stands
  if (t.tag === 'sequence') return below.flatMap((step) => rowsOf(step, depth));
  const own = [`${'  '.repeat(depth)}${title}`, `${showType(t.input)} -> ${showType(t.output)}`];
  const shown = t.tag === 'repeat' ? distinct(below) : below;
  return [own, ...shown.flatMap((b) => rowsOf(b, depth + 1))];
};

/** Every layer with its type, as the checker sees the net. */
export const showTyped = (net: TypedNet): string => {
  const { name, input, output, admissible, body } = net;
  const admits =
    admissible === undefined
      ? []
      : [`  -- h ${showSizes(admissible.h)}, w ${showSizes(admissible.w)}`];
  return lines(
    `net ${name} : ${showType(input)} -> ${showType(output)}`,
    ...admits,
    ...columns(rowsOf(body, 1)),
  );
};
