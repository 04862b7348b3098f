/** Tests rules: makes many small nets that match, computes both sides, and finds the smallest that differ. */
import { Bug } from '../../diagnostic/bug.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Rule } from '../../syntax/tree.ts';
import { applyOnce } from '../match/apply.ts';
import { checkInstance, type Outcome } from './check-instance.ts';
import { checkTypes, endlessFrom } from './check-rules.ts';
import { drawn, replayed, type Choices } from './choices.ts';
import { rulesContext } from '../rule/compile.ts';
import { counterExample, neverFired, shadowed } from './counter-example.ts';
import type { CompiledRule, Pass } from '../rule/pattern.ts';
import { proveTypes, type Verdict } from '../proof/prove.ts';
import { fewerNets } from './written-sizes.ts';
import { isFailure, shrunk } from './shrink.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';

export type VerifyOptions = {
  /** the number of nets on which each rule should fire */
  readonly instances: number;
  readonly seed: number;
};

const defaultVerify: VerifyOptions = { instances: 1000, seed: 1 };

/** The results of one rule on its nets. */
export type RuleReport = {
  readonly pass: string;
  readonly rule: string;
  readonly soundness: Rule['soundness'];
  /** the number of nets made, and of those that the rule changed */
  readonly made: number;
  readonly fired: number;
  /** whether both sides have one type for all sizes and parameters */
  readonly types: Verdict;
  /** if not proved: on how many nets types were compared, and on how many of these for one size only */
  readonly compared: number;
  readonly fixed: number;
  /** the counter-example, or that the rule never fired */
  readonly found: readonly Diagnostic[];
};

/** Nets on which unproved types are compared before numbers are, the simplest first. */
const typedNets = 100;

/** Every rule of a pass by itself, in order. */
export const verify = (pass: Pass, options: Partial<VerifyOptions> = {}): readonly RuleReport[] =>
  pass.rules.map((_, i) => verifyRule(pass, i, { ...defaultVerify, ...options }));

/** If an earlier rule matches on so many nets too, this is not by chance. */
const enoughToTell = 20;

/** Random draws for each net: many give no net that the rule matches. */
const drawsPerNet = 40;

const verifyRule = (whole: Pass, at: number, options: VerifyOptions): RuleReport => {
  const { seed } = options;
  const { name: pass, rules } = whole;
  const rule = rules[at];
  if (rule === undefined) throw new Bug(`${pass} has no rule ${at}`);
  const name = rule.rule.name.text;
  const instances = fewerNets(rule, options.instances);
  const std = standardScope();
  const types = proveTypes(rule, std);
  const tried = types.tag === 'proved' ? undefined : checkTypes(rule, typedNets);
  const check = (index: number, choose: Choices): Outcome =>
    checkInstance({ cx: rulesContext(), std, rule, seed, index, numbers: true }, choose);
  let fixed = tried?.fixed ?? 0;
  let [made, fired] = [0, 0];
  const report = (found: readonly Diagnostic[]): RuleReport => ({
    pass,
    rule: name,
    soundness: rule.rule.soundness,
    made,
    fired,
    types,
    compared: fired + (tried?.nets.length ?? 0),
    fixed,
    found,
  });
  if (tried?.failure !== undefined) return report([counterExample(rule, tried.failure)]);
  // rules before this one that match wherever it does
  const shadows = new Set(rules.slice(0, at));
  const matches = (other: CompiledRule, before: Graph): boolean =>
    applyOnce(pass, other, before) !== undefined;
  for (let index = 0; index < instances * drawsPerNet && fired < instances; index++) {
    const choose = drawn(seed, `${pass}/${name}`, index);
    const outcome = check(index, choose);
    if (outcome.tag === 'no instance') continue;
    made++;
    if (outcome.tag === 'not fired') continue;
    fired++;
    if (outcome.tag === 'agrees' && !outcome.everySize) fixed++;
    if (outcome.tag === 'agrees' && shadows.size > 0 && fired <= enoughToTell)
      for (const other of shadows) if (!matches(other, outcome.before)) shadows.delete(other);
    const endless = fired <= enoughToTell ? endlessFrom(whole, outcome.before) : undefined;
    if (endless !== undefined) return report([endless]);
    if (!isFailure(outcome)) continue;
    const failure = shrunk(outcome, choose.taken(), (list) => {
      const again = replayed(list);
      const result = check(index, again);
      return { outcome: result, taken: again.taken() };
    });
    return report([counterExample(rule, failure)]);
  }
  const [shadow] = shadows;
  if (fired === 0) return report([neverFired(rule, made)]);
  return report(shadow === undefined ? [] : [shadowed(rule, shadow)]);
};
