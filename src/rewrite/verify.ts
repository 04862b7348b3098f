/** Testing rules: many small nets that match, both sides computed, and the smallest that differ. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { standardScope } from '../typecheck/modules.ts';
import { checkInstance, type Outcome } from './check-instance.ts';
import { drawn, replayed, type Choices } from './choices.ts';
import { rulesContext } from './compile.ts';
import { counterExample, neverFired } from './counter-example.ts';
import type { CompiledRule, Pass } from './pattern.ts';
import { isFailure, shrunk, type Failure } from './shrink.ts';

export type VerifyOptions = {
  /** nets on which each rule is to fire */
  readonly instances: number;
  readonly seed: number;
};

export const defaultVerify: VerifyOptions = { instances: 1000, seed: 1 };

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
  pass.rules.map((rule) => verifyRule(pass.name, rule, { ...defaultVerify, ...options }));

/** Choices that give no net that matches are tried so many times as often. */
const patience = 40;

export const verifyRule = (
  pass: string,
  rule: CompiledRule,
  { instances, seed }: VerifyOptions,
): RuleReport => {
  const name = rule.rule.name.text;
  const std = standardScope();
  const check = (index: number, choose: Choices): Outcome =>
    checkInstance({ cx: rulesContext(), std, rule, seed, index }, choose);
  let made = 0;
  let fired = 0;
  for (let index = 0; index < instances * patience && fired < instances; index++) {
    const choose = drawn(seed, `${pass}/${name}`, index);
    const outcome = check(index, choose);
    if (outcome.tag === 'no instance') continue;
    made++;
    if (outcome.tag === 'not fired') continue;
    fired++;
    if (!isFailure(outcome)) continue;
    const failure = shrunk(outcome, choose.taken(), (list) => {
      const again = replayed(list);
      const result = check(index, again);
      return { outcome: result, taken: again.taken() };
    });
    return { pass, rule: name, made, fired, failure, found: [counterExample(rule, failure)] };
  }
  const found = fired === 0 ? [neverFired(rule, made)] : [];
  return { pass, rule: name, made, fired, failure: undefined, found };
};
