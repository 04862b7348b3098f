/** From the declarations of a file to its passes. */
import { checked, type Checked } from '../diagnostic/checked.ts';
import { error } from '../diagnostic/diagnostic.ts';
import type { Rule, Tree } from '../syntax/tree.ts';
import { defaultLimits, newContext, type Context } from '../typecheck/context.ts';
import { standardScope } from '../typecheck/modules.ts';
import { unknown, type Rewrite } from '../typecheck/values.ts';
import { compilePattern } from './compile-pattern.ts';
import { compileReplacement } from './compile-replacement.ts';
import type { CompiledRule, Pass, Pattern } from './pattern.ts';
import { checkUses } from './uses.ts';

/** A context for rules: no source text is at hand, and no net to state facts of. */
export const rulesContext = (): Context =>
  newContext(
    () => '',
    (cx) => (name, _given, _scope, span) => {
      cx.report(error('E0317', span, `\`${name}\` of a net has no meaning in a rule`));
      return unknown;
    },
    { ...defaultLimits, milliseconds: Infinity },
  );

/** The passes that a file declares, in the order of the text; what is wrong in a rule has its place. */
export const passesOf = (tree: Tree): Checked<readonly Pass[]> =>
  passesFrom(tree.declarations.flatMap((d) => (d.tag === 'rewrite' ? [d] : [])));

/** Some passes that are declared, in this order. */
export const passesFrom = (rewrites: readonly Rewrite[]): Checked<readonly Pass[]> => {
  const cx = rulesContext();
  return checked(
    rewrites.map((d) => compilePass(cx, d)),
    cx.found(),
  );
};

const compilePass = (cx: Context, { name, when, rules, doc, span }: Rewrite): Pass => {
  if (when !== undefined && when.text !== 'inference')
    cx.report(
      error('E0301', when.span, `a pass is always allowed, or \`when inference\``, {
        label: `\`${when.text}\` is unknown`,
      }),
    );
  const seen = new Set<string>();
  for (const { name: rule } of rules) {
    if (seen.has(rule.text))
      cx.report(
        error('E0310', rule.span, `a rule of this pass is called \`${rule.text}\` already`),
      );
    seen.add(rule.text);
  }
  return {
    name: name.text,
    doc,
    inference: when !== undefined,
    rules: rules.map((rule) => compileRule(cx, rule, when !== undefined)),
    span,
  };
};

const compileRule = (cx: Context, rule: Rule, inference: boolean): CompiledRule => {
  const std = standardScope();
  const before = cx.found().length;
  const pattern = compilePattern(cx, rule.pattern, std);
  const compiled = { rule, pattern, replacement: compileReplacement(cx, rule, pattern, std) };
  const empty = !pattern.nodes.some((n) => n.tag === 'layer' || n.tag === 'join');
  if (empty && cx.found().length === before)
    cx.report(
      error('E0317', rule.pattern.span, 'this pattern names no layer and matches everything'),
    );
  if (!inference && rule.soundness !== 'structural') checkTraining(cx, pattern);
  // after a fault in a side, names that seem unused or unbound are its consequence
  if (cx.found().length === before) checkUses(cx, compiled, std);
  return compiled;
};

/** Layers that do something else while training. */
const differentInTraining: ReadonlySet<string> = new Set(['dropout', 'batchnorm']);

/** What holds at inference only must say so. */
const checkTraining = (cx: Context, { nodes }: Pattern): void => {
  for (const node of nodes)
    if (node.tag === 'layer' && differentInTraining.has(node.row.name))
      cx.report(
        error('E0317', node.span, `\`${node.row.name}\` is another function while training`, {
          label: 'so this rule holds at inference only',
          notes: ['write `rewrite … when inference { … }`'],
        }),
      );
};
