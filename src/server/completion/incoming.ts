/** What comes in where the next layer would stand. */
import { isKnown, type TensorType } from '../../ops/types.ts';
import type { Expr } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { Typed } from '../../typecheck/net/typed.ts';
import type { Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { declarationAround } from '../tree-at.ts';

/** A type, as far as it is known, and the layer that gives it, if there is one. */
export type Arriving = {
  readonly type: TensorType | undefined;
  readonly from: Typed | undefined;
};

const resultOf = (ground: Ground, expr: Expr): Arriving | undefined => {
  const from = layersOf(ground, expr)[0]?.typed;
  if (from === undefined) return undefined;
  const { input, output } = from;
  // what a net says that it gives may hide what its last layer does
  const type =
    isKnown(output) || !isKnown(input)
      ? output
      : (ground.view.program?.gives(() => expr, input) ?? output);
  return { type, from };
};

const inputOf = (ground: Ground, expr: Expr): TensorType | undefined =>
  layersOf(ground, expr)[0]?.typed.input;

/** Whether what follows an expression belongs to it: behind `block`, `2x`, `if c then`, and brackets that are not closed. */
const isOpen = (ground: Ground, expr: Expr): boolean => {
  switch (expr.tag) {
    case 'block':
    case 'missing':
      return true;
    case 'group':
      return !/[)}]/.test(ground.text.text[ground.view.locate(expr.span).end - 1] ?? '');
    case 'times':
    case 'label':
      return isOpen(ground, expr.body);
    case 'if':
      return isOpen(ground, expr.else);
    case 'run':
      return isOpen(ground, expr.operands.at(-1)!);
    case 'beside':
      return isOpen(ground, expr.branches.at(-1)!);
    default:
      return false;
  }
};

type Cursor = {
  readonly offset: number;
  /** behind a `|`, `+` or `*`, so that a branch begins, which gets what the one before it got */
  readonly joins: boolean;
};

type Parts = Extract<Expr, { readonly tag: 'beside' | 'run' | 'if' }>;

/** Layers that get the same, in the order of the text. */
const partsOf = (expr: Parts): readonly Expr[] => {
  switch (expr.tag) {
    case 'beside':
      return expr.branches;
    case 'run':
      return expr.operands;
    case 'if':
      return [expr.then, expr.else];
  }
};

/** What comes in at the cursor, in or behind an expression that gets `input`. */
const within = (ground: Ground, expr: Expr, input: Arriving, cursor: Cursor): Arriving => {
  const { offset, joins } = cursor;
  const { locate } = ground.view;
  if (expr.tag === 'missing') return input;
  if (expr.tag === 'sequence') return inSequence(ground, expr, input, cursor);
  const isIn = (part: Expr): boolean => {
    const { start, end } = locate(part.span);
    return start <= offset && offset <= end;
  };
  if (offset > locate(expr.span).end && !isOpen(ground, expr))
    return joins ? input : (resultOf(ground, expr) ?? nothing);
  switch (expr.tag) {
    case 'group':
    case 'where':
    case 'label':
    case 'as':
    case 'block':
    case 'also':
    case 'ascribe':
    case 'times':
    case 'with':
      return within(ground, expr.body, input, cursor);
    case 'beside':
    case 'run':
    case 'if': {
      const parts = partsOf(expr);
      const last = parts.at(-1)!;
      const part = parts.find(isIn) ?? (isOpen(ground, last) ? last : undefined);
      return part === undefined ? input : within(ground, part, input, cursor);
    }
    default:
      return input;
  }
};

const inSequence = (
  ground: Ground,
  { steps }: Extract<Expr, { readonly tag: 'sequence' }>,
  input: Arriving,
  cursor: Cursor,
): Arriving => {
  const { locate } = ground.view;
  let arrives = input;
  for (const [i, step] of steps.entries()) {
    const { start, end } = locate(step.span);
    if (cursor.offset < start) break;
    const next = steps[i + 1];
    const isLast = next === undefined || locate(next.span).start > cursor.offset;
    if (cursor.offset <= end || (isLast && (cursor.joins || isOpen(ground, step))))
      return within(ground, step, arrives, cursor);
    // behind a fault the layers before it are what is known
    const result = resultOf(ground, step);
    if (result?.type !== undefined && result.type.tag !== 'unknown') arrives = result;
  }
  return arrives;
};

/** Where the word that is being written begins. */
export const startOfWord = (text: string, offset: number): number => {
  let start = offset;
  while (start > 0 && /\w/.test(text[start - 1]!)) start--;
  return start;
};

const nothing: Arriving = { type: undefined, from: undefined };

/** What comes in at a place of a body. */
export const incomingAt = (ground: Ground, offset: number): Arriving => {
  const { view, text } = ground;
  const declaration = declarationAround(ground, offset);
  if (declaration === undefined || !isDefinition(declaration)) return nothing;
  const before = text.text.slice(0, startOfWord(text.text, offset)).trimEnd();
  const place = view.locate(declaration.name.span);
  const net = view.program?.nets.find(({ span }) => {
    const { path, start } = view.locate(span);
    return path === place.path && start === place.start;
  });
  const type = net?.input ?? inputOf(ground, declaration.body);
  const joins = /[|+*]$/.test(before);
  const found = within(ground, declaration.body, { type, from: undefined }, { offset, joins });
  // a net that is one call has the layers of what is called, and none at the place of the call
  const only = throughGroups(declaration.body);
  const isBehind = only.tag === 'chain' && offset > view.locate(only.span).end && !joins;
  return found.type === undefined && net !== undefined && isBehind
    ? { type: net.body.output, from: net.body }
    : found;
};
