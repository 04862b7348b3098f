/** How the flat lists that the rules read become trees. */
import { across, span } from '../../syntax/source.ts';
import type { Declaration, Expr, Name } from '../../syntax/tree.ts';

/** `block` or `block name:` before the step number `step`. */
export type Head = {
  readonly step: number;
  readonly start: number;
  readonly name: Name | undefined;
};

/** A sequence; a single step without local `def`s is itself. If there are no steps, `hole` stands for one. */
export const stepsOf = (defs: readonly Declaration[], steps: readonly Expr[], hole: Expr): Expr => {
  const first = steps[0] ?? hole;
  if (steps.length <= 1 && defs.length === 0) return first;
  const places = [...defs, ...(steps.length === 0 ? [hole] : steps)].map((part) => part.span);
  return {
    tag: 'sequence',
    defs,
    steps: steps.length === 0 ? [hole] : steps,
    span: places.reduce((all, place) =>
      span(all.path, Math.min(all.start, place.start), Math.max(all.end, place.end)),
    ),
  };
};

/** The sequence in which every block reaches from its head to the end. */
export const blocksOf = (steps: readonly Expr[], heads: readonly Head[]): Expr => {
  const first = steps[0]!;
  if (heads.length === 0) return stepsOf([], steps, first);
  let end = steps.length;
  let inner: Expr | undefined;
  const from = (start: number): Expr => {
    const own = steps.slice(start, end);
    if (inner !== undefined) own.push(inner);
    return stepsOf([], own, first);
  };
  for (const head of [...heads].reverse()) {
    const body = from(head.step);
    end = head.step;
    inner = {
      tag: 'block',
      ...(head.name === undefined ? {} : { name: head.name }),
      body,
      span: across(span(body.span.path, head.start, head.start), body.span),
    };
  }
  return from(0);
};

/** Adds the steps of a line to those of its braces: `f; g` on one line is two steps. */
export const flatten = (steps: Expr[], line: Expr): void => {
  if (line.tag !== 'sequence' || line.defs.length > 0) steps.push(line);
  else for (const step of line.steps) steps.push(step);
};

/** What stands before a layer: `-`, or `name:`. */
export type Prefix = { readonly start: number; readonly name: Name | undefined };

/** Puts signs and labels around an expression, the innermost last. */
export const prefixed = (prefixes: readonly Prefix[], body: Expr): Expr =>
  prefixes.reduceRight<Expr>((inner, { start, name }) => {
    const place = across(span(inner.span.path, start, start), inner.span);
    return name === undefined
      ? { tag: 'negate', body: inner, span: place }
      : { tag: 'label', name, body: inner, span: place };
  }, body);

/** Puts repetitions around an expression: `a x b x f` is `a x (b x f)`. */
export const repeated = (counts: readonly Expr[], body: Expr): Expr =>
  counts.reduceRight<Expr>(
    (inner, count) => ({ tag: 'times', count, body: inner, span: across(count.span, inner.span) }),
    body,
  );
