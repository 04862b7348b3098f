/** Where a layer is written in front of another, so that it stands before that one alone. */
import type { Fix } from '../../diagnostic/diagnostic.ts';
import { table } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';

/** As much text as a sign and a label before a layer need. */
const LOOKED_AT = 200;

/** Whether what is written behind a layer may take a vector: no window slides over one. */
export const mayTakeVector = (text: (span: Span) => string, { path, end }: Span): boolean => {
  const behind = text({ path, start: end, end: end + LOOKED_AT });
  const next = /^\s*(?:--[^\n]*\n\s*)*;?\s*(?:std\.)?([A-Za-z_]+)/.exec(behind)?.[1] ?? '';
  return table.get(next)?.windows === undefined;
};

/** Behind these a layer is a branch, or is repeated; what stands before it with a `;` is not. */
const join = /[|+*]\s*$/;
const count = /(?:\d|\s|\))x\s*$/;
const label = /(?<![\w.])(?!x\b)[A-Za-z_]\w*\s*:\s*$/;
const block = /(?<![\w.])block\s+\w+\s*:\s*$/;

/**
 * The fix that inserts `layer` before what is written at `span`. A label stays with what it names. None for a branch,
 * which has to give what its neighbours give.
 */
export const insertedBefore = (
  text: (span: Span) => string,
  span: Span,
  layer: string,
  title = `insert \`${layer}\` before it`,
): readonly Fix[] => {
  const { path, end } = span;
  const before = text({ path, start: Math.max(0, span.start - LOOKED_AT), end: span.start });
  const named = block.test(before) ? undefined : label.exec(before)?.[0];
  const start = span.start - (named?.length ?? 0);
  const left = named === undefined ? before : before.slice(0, -named.length);
  if (join.test(left)) return [];
  const at = (place: number, newText: string) => ({
    span: { path, start: place, end: place },
    newText,
  });
  const edits = count.test(left)
    ? [at(start, `(${layer}; `), at(end, ')')]
    : [at(start, `${layer}; `)];
  return [{ title, edits, applicability: 'likely' }];
};
