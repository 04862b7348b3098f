/**
 * Layers: an expression applied to what comes in. The checker walks a program as it would run, with
 * types for tensors; every mention of a definition is checked with the arguments it gets there.
 */
import { near } from '../diagnostic/near.ts';
import { error, replace } from '../diagnostic/diagnostic.ts';
import { Bug } from '../diagnostic/bug.ts';
import type { Args } from '../ops/params.ts';
import type { Row } from '../ops/row.ts';
import { table } from '../ops/table.ts';
import { sameType, showType, unknownType, type TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Expr, Name, Signature } from '../syntax/tree.ts';
import { bind, type Given } from './arguments.ts';
import { localScope, openCall, reportTwice, whereScope } from './bodies.ts';
import { argsOf } from './coerce.ts';
import { callLabels, type Context } from './context.ts';
import { callOf, evaluate, evaluateFlag, evaluateNumber, joinsOf } from './evaluate.ts';
import { addTotals, layer, noTotals } from './layers.ts';
import { resolve, type Meaning } from './names.ts';
import { inner, lookupRemembered, visibleRemembered, type Scope } from './scope.ts';
import { sizeTrace, type Trail } from './trail.ts';
import type { Naming, Totals, Typed } from './typed.ts';
import { isLayer, kindName, type Callee, type Value } from './values.ts';
import { bindInput, writtenOutput } from './written.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** Where an expression is applied: the names it sees, what comes in, and what that went through. */
export type Place = { readonly scope: Scope; readonly input: TensorType; readonly trail: Trail };

/** The expression as a layer. A fault is reported and leaves an unknown output, which fits everywhere. */
export const apply = (cx: Context, expr: Expr, at: Place): Typed => {
  if (!cx.inTime(expr.span)) return nothing(expr.span, at, unknownType);
  switch (expr.tag) {
    case 'group':
      return apply(cx, expr.body, at);
    case 'where':
      return apply(cx, expr.body, { ...at, scope: whereScope(cx, expr, at.scope, evaluate) });
    case 'if': {
      const chosen = evaluateFlag(cx, expr.condition, at.scope);
      if (chosen === undefined) return nothing(expr.span, at, unknownType);
      return apply(cx, chosen ? expr.then : expr.else, at);
    }
    case 'sequence':
      return applySequence(cx, expr, at);
    case 'beside':
      return applyJoin(cx, 'concat', expr.branches, expr.span, at);
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
      const scope = bindInput(cx, expr.input, at.input, at.scope);
      const body = apply(cx, expr.body, { ...at, scope });
      return withOutput(cx, body, expr, scope, at);
    }
    case 'also': {
      const scope = inner(at.scope, { frame: 'inner', repeated: false });
      const body = apply(cx, expr.body, { ...at, scope });
      const naming: Naming = { tag: 'label', text: expr.name.text, numbered: at.scope.repeated };
      const common = { input: at.input, output: at.input, span: expr.span, totals: body.totals };
      return { tag: 'also', naming, body, ...common };
    }
    case 'missing':
      return nothing(expr.span, at, unknownType);
    case 'spread':
    case 'with':
      cx.report(error('E0317', expr.span, 'this has a meaning only in a rewrite rule'));
      return nothing(expr.span, at, unknownType);
    default:
      return notALayer(cx, expr, at, evaluate(cx, expr, at.scope));
  }
};

/** A place where nothing happens: the identity, or an unknown output after a fault. */
const nothing = (span: Span, at: Place, output: TensorType): Typed => ({
  tag: 'sequence',
  steps: [],
  input: at.input,
  output,
  span,
  totals: noTotals,
});

const notALayer = (cx: Context, expr: Expr, at: Place, value: Value, given?: Span): Typed => {
  if (value.tag !== 'unknown')
    cx.report(
      error('E0302', expr.span, `a layer is needed here, and this is ${kindName(value)}`, {
        label: kindName(value),
        labels: given === undefined ? [] : [{ span: given, message: 'given here' }],
      }),
    );
  return nothing(expr.span, at, unknownType);
};

const sum = (parts: readonly Typed[]): Totals =>
  parts.reduce((totals, part) => addTotals(totals, part.totals), noTotals);

const applySequence = (cx: Context, expr: Extract<Expr, { tag: 'sequence' }>, at: Place): Typed => {
  const scope = localScope(cx, expr.defs, at.scope);
  const steps: Typed[] = [];
  let { input, trail } = at;
  for (const step of expr.steps) {
    const typed = apply(cx, step, { scope, input, trail });
    steps.push(typed);
    input = typed.output;
    trail = { step: typed, before: trail };
  }
  return limited(cx, {
    tag: 'sequence',
    steps,
    input: at.input,
    output: input,
    span: expr.span,
    totals: sum(steps),
  });
};

// ------------------------------------------------------------------------------------------ joins

const applyRun = (cx: Context, run: Extract<Expr, { tag: 'run' }>, at: Place): Typed => {
  const value = evaluate(cx, run, at.scope);
  if (!isLayer(value)) return notALayer(cx, run, at, value);
  const products = joinsOf(cx, run, at.scope).map((factors) => {
    const span = {
      ...run.span,
      start: factors[0]!.span.start,
      end: factors[factors.length - 1]!.span.end,
    };
    return { span, exprs: factors.map((f) => f.expr) };
  });
  const [only] = products;
  if (products.length === 1) return applyJoin(cx, 'multiply', only!.exprs, run.span, at);
  const branches = products.map(
    (p) => (branch: Place) => applyJoin(cx, 'multiply', p.exprs, p.span, branch),
  );
  return join(cx, 'add', branches, run.span, at);
};

const applyJoin = (
  cx: Context,
  op: string,
  exprs: readonly Expr[],
  span: Span,
  at: Place,
): Typed =>
  exprs.length === 1
    ? apply(cx, exprs[0]!, at)
    : join(
        cx,
        op,
        exprs.map((e) => (branch: Place) => apply(cx, e, branch)),
        span,
        at,
      );

/** Every branch gets the same input; what it remembers stays in it. */
const join = (
  cx: Context,
  op: string,
  branches: readonly ((at: Place) => Typed)[],
  span: Span,
  at: Place,
): Typed => {
  const typed = branches.map((branch) =>
    branch({ ...at, scope: inner(at.scope, { frame: 'inner' }) }),
  );
  const row = rowOf(op);
  const site = {
    row,
    span,
    inputs: typed.map((t) => t.output),
    branches: typed.map((t) => t.span),
    trail: at.trail,
  };
  const { output, totals } = layer(cx, site, {});
  return limited(cx, {
    tag: 'join',
    op,
    branches: typed,
    input: at.input,
    output,
    span,
    totals: addTotals(sum(typed), totals),
  });
};

const rowOf = (name: string): Row => {
  const row = table.get(name);
  if (row === undefined) throw new Bug(`no operator ${name}`);
  return row;
};

// ------------------------------------------------------------------------------------- repetition

const applyTimes = (cx: Context, expr: Extract<Expr, { tag: 'times' }>, at: Place): Typed => {
  const value = evaluate(cx, expr, at.scope);
  if (!isLayer(value)) return notALayer(cx, expr, at, value);
  const count = evaluateNumber(cx, expr.count, at.scope);
  if (count.tag === 'unknown') return nothing(expr.span, at, unknownType);
  if (count.tag !== 'number' || !count.integer || count.value < 0) {
    cx.report(
      error('E0307', expr.count.span, 'a layer is repeated an integer number of times, 0 or more', {
        label: count.tag === 'number' ? `this is ${count.value}` : kindName(count),
      }),
    );
    return nothing(expr.span, at, unknownType);
  }
  if (count.value > cx.limits.repetitions) {
    cx.report(
      error('E0401', expr.count.span, `a layer is repeated at most ${cx.limits.repetitions} times`),
    );
    return nothing(expr.span, at, unknownType);
  }
  const copies: Typed[] = [];
  let { input, trail } = at;
  let totals = noTotals;
  for (let i = 0; i < count.value; i++) {
    const last = copies[i - 1];
    // what comes in is what came in before: the rest of the copies is this one
    const scope = inner(at.scope, { frame: 'inner', repeated: true });
    const same = last !== undefined && last.input.tag === input.tag && sameType(last.input, input);
    const copy = same ? last : apply(cx, expr.body, { scope, input, trail });
    copies.push(copy);
    totals = addTotals(totals, copy.totals);
    input = copy.output;
    trail = { step: copy, before: trail };
    if (totals.layers > cx.limits.layers) break;
  }
  const common = { input: at.input, output: input, span: expr.span, totals };
  return limited(cx, { tag: 'repeat', copies, ...common });
};

/** Layers are counted before they are written out. */
const limited = (cx: Context, typed: Typed): Typed => {
  if (typed.totals.layers <= cx.limits.layers) return typed;
  cx.report(
    error('E0402', typed.span, `this comes to more than ${cx.limits.layers} layers`, {
      label: 'too many to write out',
    }),
  );
  return {
    ...nothing(
      typed.span,
      { scope: inner(undefined), input: typed.input, trail: { start: typed.input } },
      unknownType,
    ),
  };
};

// ----------------------------------------------------------------------------------- names, values

const applyLabel = (cx: Context, expr: Extract<Expr, { tag: 'label' }>, at: Place): Typed => {
  const naming: Naming = { tag: 'label', text: expr.name.text, numbered: at.scope.repeated };
  const call = throughGroups(expr.body);
  if (call.tag === 'chain') return { ...applyChain(cx, call, at, naming), span: expr.span };
  return folder(cx, 'label', naming, expr.body, expr.span, at);
};

const throughGroups = (e: Expr): Expr => (e.tag === 'group' ? throughGroups(e.body) : e);

const folder = (
  cx: Context,
  of: 'block' | 'label' | 'call',
  naming: Naming,
  body: Expr,
  span: Span,
  at: Place,
): Typed => {
  const scope = inner(at.scope, { repeated: false });
  const typed = apply(cx, body, { ...at, scope });
  const common = { input: at.input, output: typed.output, span, totals: typed.totals };
  return { tag: 'folder', of, naming, body: typed, ...common };
};

const applyAs = (cx: Context, expr: Extract<Expr, { tag: 'as' }>, at: Place): Typed => {
  const body = apply(cx, expr.body, at);
  const key = cx.freshKey();
  const name = expr.name.text;
  const before = at.scope.frame.values.get(name);
  if (before !== undefined)
    reportTwice(cx, `@${name}`, expr.name.span, {
      from: 'where',
      span: before.name.span,
      value: unused,
    });
  else at.scope.frame.values.set(name, { key, type: body.output, name: expr.name });
  const common = { input: at.input, output: body.output, span: expr.span, totals: body.totals };
  return { tag: 'remember', key, body, ...common };
};

const unused = (): Value => {
  throw new Bug('a remembered value has no meaning before it runs');
};

const applyRecall = (cx: Context, expr: Extract<Expr, { tag: 'recall' }>, at: Place): Typed => {
  const found = lookupRemembered(at.scope, expr.name.text);
  if (found === undefined) {
    reportForgotten(cx, expr.name, at.scope);
    return nothing(expr.span, at, unknownType);
  }
  const common = { input: at.input, output: found.type, span: expr.span, totals: noTotals };
  return { tag: 'recall', key: found.key, ...common };
};

const reportForgotten = (cx: Context, name: Name, scope: Scope): void => {
  const [first] = near(name.text, visibleRemembered(scope));
  cx.report(
    error('E0311', name.span, `nothing before this is remembered as \`${name.text}\``, {
      ...(first === undefined ? {} : { label: `did you mean \`@${first}\`?` }),
      notes: ['`f as a` remembers a value for the later text of the same body'],
      fixes: first === undefined ? [] : [replace(`write \`@${first}\``, name.span, first)],
    }),
  );
};

// ------------------------------------------------------------------------------------------ calls

/** A word applied; a label takes the place of its name. */
const applyChain = (cx: Context, chain: Chain, at: Place, label?: Naming): Typed => {
  const meaning = resolve(cx, chain.word, at.scope);
  const naming: Naming = label ?? { tag: 'word', text: meaning.text };
  const { value } = meaning;
  if (value.tag === 'callable') return applyCall(cx, chain, meaning, value.callee, naming, at);
  if (value.tag !== 'layer')
    return notALayer(cx, chain, at, evaluate(cx, chain, at.scope), meaning.entry?.given);
  if (chain.links.length > 0 || meaning.size !== undefined) {
    cx.report(
      error('E0303', chain.span, `\`${meaning.text}\` has its arguments already`, {
        label: 'takes no further argument',
        labels:
          meaning.entry?.given === undefined
            ? []
            : [{ span: meaning.entry.given, message: 'given here' }],
      }),
    );
    return nothing(chain.span, at, unknownType);
  }
  return { ...applyThunk(cx, value, naming, chain.span, at), span: chain.span };
};

/** A layer that was handed over as an argument; the word that applies it names it. */
const applyThunk = (
  cx: Context,
  thunk: Extract<Value, { tag: 'layer' }>,
  naming: Naming,
  span: Span,
  at: Place,
): Typed => {
  const expr = throughGroups(thunk.expr);
  return cx.nested(() => {
    if (cx.depth() >= cx.limits.calls) {
      cx.report(error('E0308', span, `calls nest deeper than ${cx.limits.calls} here`));
      return nothing(span, at, unknownType);
    }
    const scope = inner(thunk.scope, { frame: 'inner', repeated: false });
    if (expr.tag === 'chain') return applyChain(cx, expr, { ...at, scope }, naming);
    return folder(cx, 'call', naming, expr, span, { ...at, scope });
  });
};

const applyCall = (
  cx: Context,
  chain: Chain,
  meaning: Meaning,
  callee: Callee,
  naming: Naming,
  at: Place,
): Typed => {
  const given = bind(cx, callee, meaning.text, callOf(chain, meaning, at.scope), evaluate);
  return callee.tag === 'operator'
    ? operator(cx, callee.row, argsOf(cx, callee.row, given), naming, chain.span, at)
    : applyDefinition(cx, callee, given, naming, chain.span, at);
};

const operator = (
  cx: Context,
  row: Row,
  args: Args | undefined,
  naming: Naming,
  span: Span,
  at: Place,
): Typed => {
  const site = { row, span, inputs: [at.input], branches: [span], trail: at.trail };
  const { output, totals } = layer(cx, site, args);
  return {
    tag: 'op',
    op: row.name,
    args: args ?? {},
    naming,
    input: at.input,
    output,
    span,
    totals,
  };
};

const applyDefinition = (
  cx: Context,
  callee: Extract<Callee, { tag: 'definition' }>,
  given: readonly Given[],
  naming: Naming,
  span: Span,
  at: Place,
): Typed => {
  const call = openCall(cx, callee, given, evaluate, span);
  if (call === undefined) return nothing(span, at, unknownType);
  const of = callee.definition.tag === 'net' ? 'net' : 'call';
  const body = checkedOnce(cx, `${call.id} ${showType(at.input)}`, () =>
    calling(cx, span, () => applyBody(cx, callee.definition, call, at)),
  );
  const common = { input: at.input, output: body.output, span, totals: body.totals };
  return { tag: 'folder', of, naming, body, ...common };
};

/** The same call with the same input is the same subtree. */
const checkedOnce = (cx: Context, key: string, check: () => Typed): Typed => {
  const known = cx.memo.get(key);
  if (known !== undefined) return known;
  const typed = check();
  cx.memo.set(key, typed);
  return typed;
};

const calling = <A>(cx: Context, span: Span, check: () => A): A => {
  cx.calls.push(span);
  try {
    return check();
  } finally {
    cx.calls.pop();
  }
};

/** A body in the scope of its call, with the sizes that its signature names. */
const applyBody = (
  cx: Context,
  definition: Extract<Callee, { tag: 'definition' }>['definition'],
  call: Scope,
  at: Place,
): Typed => {
  const { signature } = definition;
  const around = inner(call, { frame: 'fresh', repeated: false });
  const scope = signature === undefined ? around : bindInput(cx, signature.input, at.input, around);
  const body = apply(cx, definition.body, { ...at, scope });
  return signature === undefined ? body : withOutput(cx, body, signature, scope, at);
};

/** Compares what was found with what the type says. */
export const withOutput = (
  cx: Context,
  body: Typed,
  signature: Pick<Signature, 'output'>,
  scope: Scope,
  at: Place,
): Typed => {
  if (signature.output === undefined) return body;
  const declared = writtenOutput(cx, signature.output, body.output, scope);
  if (sameType(declared, body.output)) return body;
  const trail: Trail = { step: body, before: at.trail };
  cx.report(
    error(
      'E0206',
      signature.output.span,
      `the result is \`${showType(body.output)}\`, not \`${showType(declared)}\``,
      {
        label: `says \`${showType(declared)}\``,
        labels: [
          { span: body.span, message: `gives \`${showType(body.output)}\`` },
          ...callLabels(cx),
        ],
        notes: [sizeTrace(trail, cx.text)],
        fixes: [
          replace(
            `write \`${showType(body.output)}\``,
            signature.output.span,
            showType(body.output),
          ),
        ],
      },
    ),
  );
  return { ...body, output: declared };
};
