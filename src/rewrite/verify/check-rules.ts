/**
 * Checks rules when they are declared: quickly, and without computing numbers. Types are proved for all sizes and
 * parameters if possible (`proof/prove.ts`); otherwise they are compared on instances.
 */
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import { defaultLimits, stepCosts } from '../../diagnostic/limits.ts';
import { isUnread, sameFault, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { showGraph } from '../../graph/print.ts';
import type { Span } from '../../syntax/source.ts';
import type { Rule } from '../../syntax/tree.ts';
import { applyPass } from '../match/apply.ts';
import { checkInstance } from './check-instance.ts';
import { drawn, inTurn, type Choices } from './choices.ts';
import { passesOf, rulesContext } from '../rule/compile.ts';
import { counterExample } from './counter-example.ts';
import type { CompiledRule, Pass } from '../rule/pattern.ts';
import { proveTypes, workOf } from '../proof/prove.ts';
import { isFailure, type Failure } from './shrink.ts';
import { tooManySteps } from '../../typecheck/expr/fuel.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';
import type { SourceFile } from '../../typecheck/program/program.ts';

/** Nets on which unproved types are compared when a file is checked; fewer if the file has many rules. */
const usual = 30;
const fewest = 1;

/** The limit on the layers of all these nets together, with those of their replacements. */
const mostLayers = 5_000;

/** The limit on all proofs of a file, in the unit of `workOf`; a rule for which too little is left is not proved. */
const mostWorkOfFile = 100_000;

/** The number of nets, of each rule and of all, on which a pass is run until it ends. */
const triedOfRule = 3;
const triedOfPass = 30;

/** The faults of the passes that a file declares, except those already reported where a net applies them. */
export const checkRules = (
  file: SourceFile | undefined,
  known: readonly Diagnostic[],
): readonly Diagnostic[] => {
  if (file === undefined) return [];
  const passes = passesOf(file.tree);
  const all = resultOf(passes) ?? [];
  const unread = all.flatMap((pass) =>
    pass.rules.flatMap(({ rule }) => (isUnread(known, rule.span) ? [rule.span] : [])),
  );
  const found = diagnosticsOf(passes).filter((d) => !unread.some((s) => lies(d.primary.span, s)));
  const isSound = ({ rule }: CompiledRule): boolean =>
    !unread.includes(rule.span) && !found.some((d) => lies(d.primary.span, rule.span));
  const nets = Math.floor(mostLayers / Math.max(1, layersIn(all.flatMap((p) => p.rules))));
  const most = Math.min(usual, Math.max(fewest, nets));
  let work = mostWorkOfFile;
  const std = standardScope();
  // several passes may have one rule
  const proofs = new Map<Rule, boolean>();
  const isProved = (rule: CompiledRule): boolean => {
    const known = proofs.get(rule.rule) ?? proved(rule);
    proofs.set(rule.rule, known);
    return known;
  };
  const proved = (rule: CompiledRule): boolean => {
    const cost = workOf(rule);
    if (cost > work) return false;
    work -= cost;
    return proveTypes(rule, std).tag === 'proved';
  };
  const refused = firstBeyond(all.flatMap((pass) => pass.rules));
  const types =
    refused === undefined
      ? all.flatMap((pass) => checkPass(pass, isSound, isProved, most))
      : [tooManySteps(refused.rule.name.span, defaultLimits.steps)];
  return [...found, ...types].filter((d) => !known.some((other) => sameFault(d, other)));
};

/** The first rule for which no steps are left, if there is one. */
const firstBeyond = (rules: readonly CompiledRule[]): CompiledRule | undefined => {
  let steps = 0;
  return rules.find((rule) => (steps += layersIn([rule]) * stepCosts.ofRule) > defaultLimits.steps);
};

const layersIn = (rules: readonly CompiledRule[]): number =>
  rules.reduce((n, r) => n + r.pattern.nodes.length + r.replacement.nodes.length, 0);

const lies = (part: Span, whole: Span): boolean =>
  part.path === whole.path && part.start >= whole.start && part.end <= whole.end;

/** Checks a pass. Faulty rules are skipped; if there is one, we cannot tell whether the pass ends. */
const checkPass = (
  pass: Pass,
  isSound: (rule: CompiledRule) => boolean,
  isProved: (rule: CompiledRule) => boolean,
  most: number,
): readonly Diagnostic[] => {
  const sound = pass.rules.filter(isSound);
  const endless: Diagnostic[] = [];
  let left = sound.length === pass.rules.length ? triedOfPass : 0;
  const types = sound.flatMap((rule) => {
    // a proved rule needs nets only to see whether the pass ends
    const needed = isProved(rule) ? Math.min(most, triedOfRule, Math.max(0, left)) : most;
    if (needed === 0) return [];
    const { failure, nets } = checkTypes(rule, needed);
    if (failure !== undefined) return [counterExample(rule, failure)];
    for (const net of nets.slice(0, triedOfRule)) {
      if (left-- <= 0 || endless.length > 0) break;
      const fault = endlessFrom(pass, net);
      if (fault !== undefined) endless.push(fault);
    }
    return [];
  });
  return [...types, ...endless];
};

/** The number of nets of a pattern on which both types agree. */
export type TypesReport = {
  /** for every height and width */
  readonly everySize: number;
  /** for the sizes of the net, where the pattern or its weights ask for certain ones */
  readonly fixed: number;
  readonly failure: Failure | undefined;
  /** those on which the rule was applied, the simplest first */
  readonly nets: readonly Graph[];
};

/** The limit on steps of the searches for matches in all of them; netc's own rules need at most ten thousand. */
const mostSearched = 2_000_000;

/** Choices tried for each net: some give no net that the rule matches. */
const choicesPerNet = 10;

/**
 * Checks that both sides of a rule have one type (E0811), and that new weights have the required shapes (E0815). The
 * parameters and channels of the pattern are enumerated, the simplest first; heights and widths are left free, so a
 * result for some parameters holds for every image.
 */
export const checkTypes = (rule: CompiledRule, most: number): TypesReport => {
  const std = standardScope();
  const nets: Graph[] = [];
  let failure: Failure | undefined;
  let [everySize, fixed] = [0, 0];
  const spent = { steps: 0 };
  const visit =
    (enough: number) =>
    (choose: Choices): boolean => {
      const seed = { seed: 1, index: 0, numbers: false, spent };
      const outcome = checkInstance({ cx: rulesContext(), std, rule, ...seed }, choose);
      if (isFailure(outcome)) failure = outcome;
      else if (outcome.tag === 'agrees') {
        nets.push(outcome.before);
        if (outcome.everySize) everySize++;
        else fixed++;
      }
      return failure !== undefined || nets.length >= enough || spent.steps > mostSearched;
    };
  // one argument after the other, and then several at a time: a window of 3 with a stride of 2
  const simple = Math.ceil(most / 2);
  inTurn(simple * choicesPerNet, visit(simple));
  const isEnough = visit(most);
  for (let i = 0; i < most * choicesPerNet && failure === undefined && nets.length < most; i++)
    if (isEnough(drawn(1, `check/${rule.rule.name.text}`, i))) break;
  return { everySize, fixed, failure, nets };
};

/** On a net of a few layers a pass that ends does so in fewer steps. */
const mostSteps = 100;

/** The fault that the pass does not end on this net (E0816). */
export const endlessFrom = (pass: Pass, before: Graph): Diagnostic | undefined => {
  const fault = diagnosticsOf(applyPass(before, pass, { limit: mostSteps })).find(
    (d) => d.code === 'E0816',
  );
  return (
    fault && {
      ...fault,
      notes: [...fault.notes, `it was applied to:\n${showGraph(before).trimEnd()}`],
    }
  );
};
