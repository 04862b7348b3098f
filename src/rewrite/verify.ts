/** Testing rules: many small nets that match, both sides computed, and the smallest that differ. */
import { Bug } from '../diagnostic/bug.ts';
import { diagnosticsOf } from '../diagnostic/checked.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../lower/graph.ts';
import { showGraph } from '../lower/print.ts';
import { standardScope } from '../typecheck/modules.ts';
import { applyPass, applyRule } from './apply.ts';
import { checkInstance, type Outcome } from './check-instance.ts';
import { drawn, replayed, type Choices } from './choices.ts';
import { rulesContext } from './compile.ts';
import { counterExample, neverFired, shadowed } from './counter-example.ts';
import { lookUp } from './looked-up.ts';
import type { CompiledRule, Pass } from './pattern.ts';
import { isFailure, shrunk, type Failure } from './shrink.ts';

export type VerifyOptions = {
  /** nets on which each rule is to fire */
  readonly instances: number;
  readonly seed: number;
  /** whether both sides are computed; without, only types and the shapes of weights are checked */
  readonly numbers: boolean;
};

const defaultVerify: VerifyOptions = { instances: 1000, seed: 1, numbers: true };

export type RuleReport = {
  readonly pass: string;
  readonly rule: string;
  /** nets that were made, and how many of them the rule changed */
  readonly made: number;
  readonly fired: number;
  readonly failure: Failure | undefined;
  /** the counter-example, or that the rule never fired */
  readonly found: readonly Diagnostic[];
};

/** Every rule of a pass by itself, in order. */
export const verify = (pass: Pass, options: Partial<VerifyOptions> = {}): readonly RuleReport[] =>
  pass.rules.map((_, i) => verifyRule(pass, i, { ...defaultVerify, ...options }));

/** On a net of a few layers a pass that ends does so in fewer steps. */
const mostSteps = 100;

/** That the pass does not end on this net. */
const endlessFrom = (pass: Pass, before: Graph): Diagnostic | undefined => {
  const [fault] = diagnosticsOf(applyPass(before, pass, { limit: mostSteps }));
  if (fault?.code !== 'E0308') return undefined;
  return {
    ...fault,
    notes: [...fault.notes, `it was applied to:\n${showGraph(before).trimEnd()}`],
  };
};

/** So many nets on which an earlier rule matches as well are no chance. */
const enoughToTell = 20;

/** Choices that give no net that matches are tried so many times as often. */
const patience = 40;

const verifyRule = (
  whole: Pass,
  at: number,
  { instances, seed, numbers }: VerifyOptions,
): RuleReport => {
  const { name: pass, rules } = whole;
  const rule = rules[at];
  if (rule === undefined) throw new Bug(`${pass} has no rule ${at}`);
  const name = rule.rule.name.text;
  const std = standardScope();
  const check = (index: number, choose: Choices): Outcome =>
    checkInstance({ cx: rulesContext(), std, rule, seed, index, numbers }, choose);
  let made = 0;
  let fired = 0;
  // rules before this one that match wherever it does
  const shadows = new Set(rules.slice(0, at));
  const matches = (other: CompiledRule, before: Graph): boolean =>
    applyRule(rulesContext(), std, pass, other, lookUp(before)) !== undefined;
  for (let index = 0; index < instances * patience && fired < instances; index++) {
    const choose = drawn(seed, `${pass}/${name}`, index);
    const outcome = check(index, choose);
    if (outcome.tag === 'no instance') continue;
    made++;
    if (outcome.tag === 'not fired') continue;
    fired++;
    if (outcome.tag === 'agrees' && shadows.size > 0 && fired <= enoughToTell)
      for (const other of shadows) if (!matches(other, outcome.before)) shadows.delete(other);
    const endless = fired <= enoughToTell ? endlessFrom(whole, outcome.before) : undefined;
    if (endless !== undefined)
      return { pass, rule: name, made, fired, failure: undefined, found: [endless] };
    if (!isFailure(outcome)) continue;
    const failure = shrunk(outcome, choose.taken(), (list) => {
      const again = replayed(list);
      const result = check(index, again);
      return { outcome: result, taken: again.taken() };
    });
    return { pass, rule: name, made, fired, failure, found: [counterExample(rule, failure)] };
  }
  const [shadow] = shadows;
  const found =
    fired === 0 ? [neverFired(rule, made)] : shadow === undefined ? [] : [shadowed(rule, shadow)];
  return { pass, rule: name, made, fired, failure: undefined, found };
};
