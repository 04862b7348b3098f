/** From the declarations of a file to its passes. */
import { checked, type Checked } from '../../diagnostic/checked.ts';
import { error, replace } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Rule, Tree, Rewrite } from '../../syntax/tree.ts';
import { passesOfFile } from '../../syntax/taken-over.ts';
import { chainsOf, partsOf } from '../../syntax/walk.ts';
import { newContext, type Context } from '../../typecheck/expr/context.ts';
import { evaluate } from '../../typecheck/expr/evaluate.ts';
import { unknown } from '../../typecheck/expr/values.ts';
import { compilePattern } from './compile-pattern.ts';
import { compileReplacement } from './compile-replacement.ts';
import { atInferenceOnly, matchesEverything, notTakenOver } from './faults.ts';
import type { CompiledRule, Pass, Pattern } from './pattern.ts';
import { checkUses } from './check-bindings.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';
import { defaultLimits } from '../../diagnostic/limits.ts';

/** A context for rules: without source texts, and without a net that has facts. */
export const rulesContext = (): Context => {
  const cx: Context = newContext(
    () => '',
    {
      evaluate,
      fact: (name, _given, _scope, span) => {
        cx.report(error('E0818', span, `\`${name}\` of a net has no meaning in a rule`));
        return unknown;
      },
      shipped: new Map(),
    },
    { ...defaultLimits, steps: Infinity },
  );
  return cx;
};

/** The passes that a file declares, in the order of the text; a faulty rule keeps its place. */
export const passesOf = (tree: Tree): Checked<readonly Pass[]> => passesFrom(passesOfFile(tree));

/** These declared passes, in this order. */
export const passesFrom = (rewrites: readonly Rewrite[]): Checked<readonly Pass[]> => {
  const cx = rulesContext();
  // a rule that several passes have is compiled once, and its faults are reported once
  const known = new Map<Rule, CompiledRule>();
  const compiled = (rule: Rule, inference: boolean, pass: Span): CompiledRule => {
    const made = known.get(rule) ?? compileRule(cx, rule, inference, pass);
    known.set(rule, made);
    return made;
  };
  return checked(
    rewrites.map((d) =>
      compilePass(
        cx,
        d,
        compiled,
        rewrites.flatMap((other) => (other === d ? [] : [other.name.text])),
      ),
    ),
    cx.found(),
  );
};

const compilePass = (
  cx: Context,
  { name, when, with: base, rules, doc }: Rewrite,
  compiled: (rule: Rule, inference: boolean, pass: Span) => CompiledRule,
  others: readonly string[],
): Pass => {
  if (base !== undefined && base.text !== '') notTakenOver(cx, base, name, others);
  if (when !== undefined && when.text !== 'inference')
    cx.report(
      error('E0301', when.span, 'the only condition of a pass is `when inference`', {
        label: `\`${when.text}\` is unknown`,
        fixes: [replace('write `inference`', when.span, 'inference')],
      }),
    );
  const seen = new Map<string, Span>();
  for (const { name: rule } of rules) {
    const first = seen.get(rule.text);
    if (first === undefined) seen.set(rule.text, rule.span);
    else
      cx.report(
        error('E0310', rule.span, `this pass already has a rule called \`${rule.text}\``, {
          label: 'the second',
          labels: [{ span: first, message: 'the first' }],
        }),
      );
  }
  return {
    name: name.text,
    doc,
    inference: when !== undefined,
    unasked: false,
    rules: rules.map((rule) => compiled(rule, when !== undefined, name.span)),
    span: name.span,
  };
};

/** `pass` is the name of the pass. */
const compileRule = (cx: Context, rule: Rule, inference: boolean, pass: Span): CompiledRule => {
  const std = standardScope();
  const before = cx.found().length;
  const pattern = compilePattern(cx, rule.pattern, std);
  const replacement = compileReplacement(cx, rule, pattern, std);
  const literals = [...new Set([...numbersIn(rule.pattern), ...numbersIn(rule.replacement)])];
  const compiled = {
    rule,
    asksForSize: asksForSize(rule, pattern),
    literals,
    pattern,
    replacement,
  };
  const empty = !pattern.nodes.some((n) => n.tag === 'layer' || n.tag === 'join');
  if (empty && cx.found().length === before) matchesEverything(cx, rule);
  if (!inference && rule.soundness !== 'structural')
    checkTraining(cx, pattern, { ...pass, start: pass.end });
  checkTolerance(cx, rule);
  // after a fault in a side, names that seem unused or unbound are its consequence
  if (cx.found().length === before) checkUses(cx, compiled, std);
  return compiled;
};

/** Numbers as they are written, those of sizes in names such as `maxpool3` too. */
const numbersIn = (expr: Expr): readonly number[] => {
  const own =
    expr.tag === 'number'
      ? [expr.value]
      : expr.tag === 'size'
        ? [expr.h, expr.w]
        : expr.tag === 'chain'
          ? (expr.word.parts.at(-1)?.text.match(/\d+/g) ?? []).map(Number)
          : [];
  const inside = partsOf(expr).flatMap(numbersIn);
  return [...own, ...inside, ...(expr.tag === 'negate' ? inside.map((n) => -n) : [])];
};

/** Whether a size is written where a type has one, or a name for it that is used elsewhere too. */
const asksForSize = (rule: Rule, { types }: Pattern): boolean => {
  const words = [...chainsOf(rule.pattern), ...chainsOf(rule.replacement)].map(
    ({ word }) => word.parts[0]?.text,
  );
  const isOpen = (axis: Expr): boolean => {
    const name = axis.tag === 'chain' && axis.links.length === 0 ? axis.word.parts[0]?.text : '';
    return axis.tag === 'any' || words.filter((word) => word === name).length === 1;
  };
  return types.some(
    ({ type }) =>
      type.tag === 'tensor' && type.axes.length > 1 && !type.axes.slice(0, -1).every(isOpen),
  );
};

/** Checks how far the sides of an approximate rule may differ, relative to the largest number computed. */
const checkTolerance = (cx: Context, { tolerance }: Rule): void => {
  if (tolerance === undefined || (tolerance.value > 0 && tolerance.value < 1)) return;
  cx.report(
    error('E0307', tolerance.span, 'a tolerance lies between 0 and 1', {
      label: `this is ${tolerance.value}`,
      notes: ['it is relative to the largest number computed, as in `approximate(1e-3) rule`'],
    }),
  );
};

/** A rule that holds at inference only must say so. */
const checkTraining = (cx: Context, { nodes }: Pattern, behind: Span): void => {
  for (const node of nodes)
    if (node.tag === 'layer' && node.row.training !== undefined)
      atInferenceOnly(cx, node.span, node.row.name, behind);
};
