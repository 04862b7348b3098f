/** `init from A { first 4 conv; last 3 fc }`: where weights are taken from, and those of which layers. */
import { error, replace, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import { batchNormalisation } from '../ops/roles.ts';
import { table } from '../ops/table.ts';
import { across, type Span } from '../syntax/source.ts';
import type { Clause, Expr } from '../syntax/tree.ts';
import { throughGroups } from '../syntax/walk.ts';
import { soleItem } from './items.ts';
import { readItem } from './read.ts';
import type { Reading } from './reading.ts';
import type { InitFrom, Selection } from './recipe.ts';
import type { Read, Row } from './row.ts';
import { integer } from './takes.ts';
import { showSelections } from './transfer.ts';

/** `from` in an `eval`, or the value of `init from`: a path in quotes, or the name of a training. */
export const sourceIn = (
  { cx }: Pick<Reading, 'cx'>,
  expr: Expr,
): InitFrom['source'] | undefined => {
  const written = throughGroups(expr);
  if (written.tag === 'missing') return undefined;
  if (written.tag === 'string') return { tag: 'file', path: written.value };
  if (written.tag === 'chain' && written.links.length === 0)
    return { tag: 'train', name: written.word.parts.map((p) => p.text).join('.') };
  cx.report(
    error('E0925', expr.span, 'weights come from a training or from a file', {
      label: 'the name of a `train`, or a path in quotes, is needed',
    }),
  );
  return undefined;
};

type Picked = { readonly end: Expr | string; readonly rest: readonly Expr[]; readonly span: Span };

/** `first 4 conv; last 3 fc`, in one line or in several. */
const pickedIn = (inner: readonly Clause[]): readonly Picked[] =>
  inner.flatMap(({ words, values, span }): readonly Picked[] => {
    const [first, ...others] = values;
    const [word] = words;
    if (word === undefined) return [];
    const end = first === undefined ? span : first.span;
    return [
      { end: word.text, rest: first?.items ?? [], span: across(word.span, end) },
      ...others.map(({ items: [head, ...rest], span: at }): Picked => ({
        end: head ?? '',
        rest,
        span: at,
      })),
    ];
  });

const wordOf = (expr: Expr | string | undefined): string | undefined => {
  if (typeof expr === 'string') return expr;
  return expr?.tag === 'chain' && expr.links.length === 0 && expr.word.parts.length === 1
    ? expr.word.parts[0]!.text
    : undefined;
};

const selectionIn = (r: Reading, { end, rest, span }: Picked): Selection | undefined => {
  const side = wordOf(end);
  const [count, operator, ...more] = rest;
  const op = wordOf(operator);
  const isWhole = count !== undefined && op !== undefined && more.length === 0;
  if (!isWhole || (side !== 'first' && side !== 'last')) {
    r.cx.report(
      error('E0923', span, 'layers are chosen as in `first 4 conv` or `last 3 fc`', {
        label: '`first` or `last`, a number and an operator are needed',
      }),
    );
    return undefined;
  }
  const read = readItem({ ...r, word: side }, integer(1), count);
  if (!table.has(op)) {
    r.cx.report(unknownOperator(op, operator!.span));
    return undefined;
  }
  return read && { end: side, count: read.value, operator: op };
};

const unknownOperator = (name: string, span: Span): Diagnostic => {
  const [meant] = near(name, table.keys());
  return error('E0301', span, `no operator is called \`${name}\``, {
    label: meant === undefined ? 'unknown here' : `did you mean \`${meant}\`?`,
    notes: ['layers are counted by their operators, whatever definitions they are in'],
    fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
  });
};

const written = ({ source, selections }: InitFrom): string => {
  const from = source.tag === 'file' ? JSON.stringify(source.path) : source.name;
  return selections.length === 0 ? from : `${from} { ${showSelections(selections)} }`;
};

export const initFrom: Row<InitFrom | undefined> = {
  doc: `Takes weights from the best checkpoint of a training's newest finished run, or, in quotes, of a run by its name, or
from a file: those of all layers, or of the ones that are chosen. They are counted in the source net in order of execution;
each goes to the layer of the same path, and shapes must agree. Running statistics of \`${batchNormalisation.name}\` are weights of its layer.
The others begin as \`init\` says.`,
  example: 'first { first 4 conv; last 3 fc }',
  forms: [],
  takes: 'the name of a training or a path in quotes',
  fallback: () => undefined,
  read: (r): Read<InitFrom | undefined> | undefined => {
    const expr = soleItem(r);
    const source = expr && sourceIn(r, expr);
    const picked = pickedIn(r.clause.inner).map((p) => ({ ...p, read: selectionIn(r, p) }));
    const selections = picked.flatMap(({ read }) => read ?? []);
    if (source === undefined || expr === undefined || selections.length < picked.length)
      return undefined;
    const parts = new Map([
      ['source', expr.span] as const,
      ...picked.map(({ span }, i) => [`selection ${i}`, span] as const),
    ]);
    return { value: { source, selections }, span: r.clause.span, parts };
  },
  write: (from) => from && written(from),
  sample: (choose) =>
    choose<InitFrom | undefined>([
      undefined,
      { source: { tag: 'file', path: 'weights.safetensors' }, selections: [] },
      {
        source: { tag: 'file', path: 'weights.safetensors' },
        selections: [{ end: 'first', count: 1, operator: 'fc' }],
      },
    ]),
};
