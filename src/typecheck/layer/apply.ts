/**
 * Layers: an expression applied to an input type. The checker walks a program as it would run, with types for
 * tensors; every mention of a definition is checked with the arguments it gets there.
 */
import { near } from '../../diagnostic/suggest.ts';
import { error, replace } from '../../diagnostic/diagnostic.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import { joinOf } from '../../ops/roles.ts';
import { sameType, unknownType, type TensorType } from '../../ops/types.ts';
import { freshId } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Name } from '../../syntax/tree.ts';
import { localScope, whereScope } from '../expr/bodies.ts';
import { applyChain } from './calls.ts';
import { evaluate, evaluateFlag, evaluateNumber } from '../expr/evaluate.ts';
import { applyJoin, applyRun } from './joins.ts';
import { kindOf } from '../expr/kind.ts';
import { withOutput } from './output-type.ts';
import { folder, limited, hole, notALayer } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import {
  countRemembered,
  inFolder,
  innerFrame,
  lookupRemembered,
  visibleRemembered,
} from '../expr/scope.ts';
import type { Naming, Typed } from '../net/typed.ts';
import { isLayer, kindName, type Frame, type Scope } from '../expr/values.ts';
import { bindInput } from './input-type.ts';
import { ofFirstCopy, ofLaterCopy } from './repeated-faults.ts';
import { applyUndecidedIf } from './undecided-if.ts';
import { applyUndecidedTimes } from './undecided-times.ts';
import { throughGroups } from '../../syntax/walk.ts';
import { noTotals, addTotals, sum } from '../net/totals.ts';
import type { LayerContext } from './context.ts';

/** The expression as a layer. A fault is reported and leaves an unknown output, which fits everywhere. */
export const apply = (cx: LayerContext, expr: Expr, at: Incoming): Typed =>
  cx.within(expr.span, () => applied(cx, throughGroups(expr), at)) ??
  hole(expr.span, at, unknownType);

const applied = (cx: LayerContext, expr: Expr, at: Incoming): Typed => {
  switch (expr.tag) {
    case 'where':
      return apply(cx, expr.body, { ...at, scope: whereScope(cx, expr, at.scope) });
    case 'if': {
      const chosen = evaluateFlag(cx, expr.condition, at.scope);
      if (chosen !== undefined) return apply(cx, chosen ? expr.then : expr.else, at);
      return cx.trial === undefined
        ? hole(expr.span, at, unknownType)
        : applyUndecidedIf(cx, expr, at);
    }
    case 'sequence':
      return applySequence(cx, expr, at);
    case 'beside':
      return applyJoin(cx, joinOf('|'), expr.branches, expr.span, at);
    case 'run':
      return applyRun(cx, expr, at);
    case 'times':
      return applyTimes(cx, expr, at);
    case 'chain':
      return applyChain(cx, expr, at);
    case 'label':
      return applyLabel(cx, expr, at);
    case 'block': {
      const naming: Naming =
        expr.name === undefined
          ? { tag: 'word', text: 'block' }
          : { tag: 'label', text: expr.name.text, numbered: at.scope.repeated };
      return folder(cx, 'block', naming, expr.body, expr.span, at);
    }
    case 'as':
      return applyAs(cx, expr, at);
    case 'recall':
      return applyRecall(cx, expr, at);
    case 'ascribe': {
      const scope = bindInput(cx, expr.input, at);
      if (scope === undefined) return hole(expr.span, at, unknownType);
      const body = apply(cx, expr.body, { ...at, scope });
      return withOutput(cx, body, expr, scope, at);
    }
    case 'also': {
      const scope = inFolder(innerFrame(at.scope));
      const body = apply(cx, expr.body, { ...at, scope });
      const naming: Naming = { tag: 'label', text: expr.name.text, numbered: at.scope.repeated };
      const common = { input: at.input, output: at.input, span: expr.span, totals: body.totals };
      return { tag: 'also', naming, body, ...common };
    }
    case 'missing':
      return hole(expr.span, at, unknownType);
    case 'spread':
    case 'with':
      cx.report(error('E0317', expr.span, 'only a rewrite rule can contain this'));
      return hole(expr.span, at, unknownType);
    default:
      return notALayer(cx, expr, at, evaluate(cx, expr, at.scope));
  }
};

const applySequence = (
  cx: LayerContext,
  expr: Extract<Expr, { tag: 'sequence' }>,
  at: Incoming,
): Typed => {
  const scope = localScope(cx, expr.defs, at.scope);
  let { input, trail } = at;
  const steps = expr.steps.map((step) => {
    const typed = apply(cx, step, { scope, input, trail });
    input = typed.output;
    trail = { step: typed, before: trail };
    return typed;
  });
  return limited(cx, {
    tag: 'sequence',
    steps,
    input: at.input,
    output: input,
    span: expr.span,
    totals: sum(steps),
  });
};

const applyTimes = (
  cx: LayerContext,
  expr: Extract<Expr, { tag: 'times' }>,
  at: Incoming,
): Typed => {
  if (isReversed(cx, expr, at.scope)) {
    const [layer, times] = [cx.text(expr.count.span), cx.text(expr.body.span)];
    const written = `${times}${/\d$/.test(times) ? '' : ' '}x ${layer}`;
    cx.report(
      error('E0302', expr.span, 'a repetition is a number, `x`, and then its layer', {
        label: `did you mean \`${written}\`?`,
        fixes: [replace(`write \`${written}\``, expr.span, written)],
      }),
    );
    return hole(expr.span, at, unknownType);
  }
  const value = evaluate(cx, expr, at.scope);
  if (!isLayer(value)) return notALayer(cx, expr, at, value);
  const count = evaluateNumber(cx, expr.count, at.scope);
  if (count.tag === 'unknown') return hole(expr.span, at, unknownType);
  if (count.tag === 'count' && cx.trial !== undefined)
    return applyUndecidedTimes(cx, expr.body, count.count, at);
  if (count.tag !== 'number' || !count.integer || count.value < 0) {
    cx.report(
      error('E0307', expr.count.span, 'the number of repetitions must be an integer, 0 or more', {
        label: count.tag === 'number' ? `this is ${count.value}` : kindName(count),
      }),
    );
    return hole(expr.span, at, unknownType);
  }
  if (count.value > cx.limits.repetitions) {
    cx.report(
      error(
        'E0401',
        expr.count.span,
        `a layer is repeated at most ${cx.limits.repetitions} times`,
        {
          label: `this is ${count.value}`,
        },
      ),
    );
    return hole(expr.span, at, unknownType);
  }
  const copies: Typed[] = [];
  let { input, trail } = at;
  let totals = noTotals;
  for (let i = 0; i < count.value; i++) {
    const last = copies[i - 1];
    // the input is that of the copy before: all further copies are this one
    const scope = innerFrame(at.scope, true);
    const same = last !== undefined && last.input.tag === input.tag && sameType(last.input, input);
    const copy = same ? last : applyCopy(cx, expr, { scope, input, trail }, i, count.value);
    copies.push(copy);
    totals = addTotals(totals, [copy.totals]);
    input = copy.output;
    trail = { step: copy, before: trail };
    if (totals.layers > cx.limits.layers || totals.nodes > cx.limits.nodes) break;
  }
  cx.spend(expr.span, copies.length * stepCosts.copy);
  const common = { input: at.input, output: input, span: expr.span, totals };
  return limited(cx, { tag: 'repeat', copies, ...common });
};

/** `f x 3` */
const isReversed = (
  cx: LayerContext,
  { count, body }: Extract<Expr, { tag: 'times' }>,
  scope: Scope,
): boolean => kindOf(cx, count, scope) === 'layer' && kindOf(cx, body, scope) === 'number';

/** The copy number `i` of several, with fixes that hold for all of them. */
const applyCopy = (
  cx: LayerContext,
  expr: Extract<Expr, { tag: 'times' }>,
  at: Incoming,
  i: number,
  count: number,
): Typed => {
  if (count === 1) return apply(cx, expr.body, at);
  const kept = cx.quietly(() => apply(cx, expr.body, at));
  if (kept.reports.length === 0) return kept.value;
  const isSound = (input: TensorType): boolean =>
    cx
      .quietly(() => apply(cx, expr.body, { ...at, scope: innerFrame(at.scope, true), input }))
      .reports.every(({ severity }) => severity !== 'error');
  const reports =
    i === 0
      ? ofFirstCopy(kept.reports, expr, at.input, isSound, cx.text)
      : ofLaterCopy(kept.reports, expr, at.input, cx.text);
  return cx.replay({ ...kept, reports });
};

type Label = Extract<Expr, { tag: 'label' }>;

/** A label around a part of what it is written before. */
const labelled = (label: Label, body: Expr): Label => ({
  ...label,
  body,
  span: { ...label.span, end: body.span.end },
});

const applyLabel = (cx: LayerContext, expr: Label, at: Incoming): Typed => {
  const naming: Naming = { tag: 'label', text: expr.name.text, numbered: at.scope.repeated };
  const call = throughGroups(expr.body);
  if (call.tag === 'chain') return { ...applyChain(cx, call, at, naming), span: expr.span };
  // `a: f as x` remembers what `a: f` gives
  if (expr.body.tag === 'as' || expr.body.tag === 'ascribe')
    return apply(cx, { ...expr.body, body: labelled(expr, expr.body.body) }, at);
  return folder(cx, 'label', naming, expr.body, expr.span, at);
};

const applyAs = (cx: LayerContext, expr: Extract<Expr, { tag: 'as' }>, at: Incoming): Typed => {
  const body = apply(cx, expr.body, at);
  const key = freshId();
  const name = expr.name.text;
  const before = at.scope.frame.values?.get(name);
  if (before !== undefined)
    cx.report(
      error('E0310', expr.name.span, `two values are remembered as \`${name}\``, {
        label: 'remembered again here',
        labels: [{ span: before.name.span, message: 'remembered first here' }],
      }),
    );
  else {
    const { frame } = at.scope;
    (frame.values ??= new Map()).set(name, { key, type: body.output, name: expr.name });
    rememberInside(frame.parent, expr.name);
  }
  const common = { input: at.input, output: body.output, span: expr.span, totals: body.totals };
  return { tag: 'remember', key, body, value: expr.body.span, ...common };
};

/** Notes the name in the frames around, for the report of a recall out of scope. */
const rememberInside = (frame: Frame | undefined, name: Name): void => {
  for (let f = frame; f !== undefined; f = f.parent)
    (f.inside ??= new Map()).set(name.text, name.span);
};

const applyRecall = (
  cx: LayerContext,
  expr: Extract<Expr, { tag: 'recall' }>,
  at: Incoming,
): Typed => {
  const found = lookupRemembered(at.scope, expr.name.text);
  if (found === undefined) {
    reportForgotten(cx, expr.name, at.scope);
    return hole(expr.span, at, unknownType);
  }
  const common = { input: at.input, output: found.type, span: expr.span, totals: noTotals };
  return { tag: 'recall', key: found.key, ...common };
};

const rememberedInside = (frame: Frame | undefined, name: string): Span | undefined =>
  frame && (frame.inside?.get(name) ?? rememberedInside(frame.parent, name));

const reportForgotten = (cx: LayerContext, name: Name, scope: Scope): void => {
  const inside = rememberedInside(scope.frame, name.text);
  if (inside !== undefined) {
    cx.report(
      error('E0311', name.span, `\`@${name.text}\` is not known here`, {
        label: 'out of scope',
        labels: [{ span: inside, message: 'remembered only inside this branch or repetition' }],
      }),
    );
    return;
  }
  const names = cx.mayCompare(countRemembered(scope)) ? visibleRemembered(scope) : [];
  const [first] = near(name.text, names);
  cx.report(
    error('E0311', name.span, `nothing before this is remembered as \`${name.text}\``, {
      ...(first === undefined ? {} : { label: `did you mean \`@${first}\`?` }),
      notes: ['`f as a` remembers a value for the rest of the same body'],
      fixes: first === undefined ? [] : [replace(`write \`@${first}\``, name.span, first)],
    }),
  );
};
