/**
 * What is checked of rules when they are defined: quickly, and without computing with numbers. Types are proved
 * for all sizes and parameters where that can be done (`proof/prove.ts`); elsewhere instances are looked at.
 */
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import { isUnread, sameFault, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { showGraph } from '../../graph/print.ts';
import type { Span } from '../../syntax/source.ts';
import { applyPass } from '../match/apply.ts';
import { checkInstance } from './check-instance.ts';
import { inTurn } from './choices.ts';
import { passesOf, rulesContext } from '../rule/compile.ts';
import { counterExample } from './counter-example.ts';
import type { CompiledRule, Pass } from '../rule/pattern.ts';
import { proveTypes, workOf } from '../proof/prove.ts';
import { isFailure, type Failure } from './shrink.ts';
import { standardScope } from '../../typecheck/expr/standard.ts';
import type { SourceFile } from '../../typecheck/program/program.ts';

/** Nets on which types that are not proved are compared when a file is checked; fewer in one of many rules. */
const usual = 30;
const fewest = 1;

/** The layers of all these nets together, and of what replaces them. */
const mostLayers = 5_000;

/** The proofs of all rules of a file together, in the unit of `workOf`; what finds too little left has none. */
const mostWorkOfFile = 100_000;

/** Nets of each rule, and of all, on which a pass is tried to its end. */
const triedOfRule = 3;
const triedOfPass = 30;

/** The faults of the passes that a file declares, less those that are known since a net applies them. */
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
  const nets = Math.floor(mostLayers / Math.max(1, layersIn(all)));
  const most = Math.min(usual, Math.max(fewest, nets));
  let work = mostWorkOfFile;
  const std = standardScope();
  const isProved = (rule: CompiledRule): boolean => {
    const cost = workOf(rule);
    if (cost > work) return false;
    work -= cost;
    return proveTypes(rule, std).tag === 'proved';
  };
  const types = all.flatMap((pass) => checkPass(pass, isSound, isProved, most));
  return [...found, ...types].filter((d) => !known.some((other) => sameFault(d, other)));
};

const layersIn = (passes: readonly Pass[]): number =>
  passes
    .flatMap((p) => p.rules)
    .reduce((n, r) => n + r.pattern.nodes.length + r.replacement.nodes.length, 0);

const lies = (part: Span, whole: Span): boolean =>
  part.path === whole.path && part.start >= whole.start && part.end <= whole.end;

/** Rules that mean nothing are passed over, and whether a pass with one of them ends nobody knows. */
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
    // what is proved needs nets only to see whether the pass ends
    const needed = isProved(rule) ? Math.min(most, triedOfRule) : most;
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

/** Equal types in how many nets of a pattern. */
export type TypesReport = {
  /** for every height and width */
  readonly everySize: number;
  /** for the sizes of the net, where the pattern or its weights ask for certain ones */
  readonly fixed: number;
  readonly failure: Failure | undefined;
  /** those on which the rule was applied, the simplest first */
  readonly nets: readonly Graph[];
};

/** Steps of the searches for matches in all of them; the rules that netc ships need ten thousand at most. */
const mostSearched = 2_000_000;

/** Choices gone through for each net that is wanted: some give none that the rule matches. */
const choicesPerNet = 10;

/**
 * Whether both sides of a rule have one type (E0811), and new weights the shapes that are needed (E0815). The
 * parameters and channels of its pattern are gone through in turn, the simplest first; heights and widths
 * are left free, so what holds for some parameters holds for every image.
 */
export const checkTypes = (rule: CompiledRule, most: number): TypesReport => {
  const std = standardScope();
  const nets: Graph[] = [];
  let failure: Failure | undefined;
  let [everySize, fixed] = [0, 0];
  const spent = { steps: 0 };
  inTurn(most * choicesPerNet, (choose) => {
    const seed = { seed: 1, index: 0, numbers: false, spent };
    const outcome = checkInstance({ cx: rulesContext(), std, rule, ...seed }, choose);
    if (isFailure(outcome)) failure = outcome;
    else if (outcome.tag === 'agrees') {
      nets.push(outcome.before);
      if (outcome.everySize) everySize++;
      else fixed++;
    }
    return failure !== undefined || nets.length >= most || spent.steps > mostSearched;
  });
  return { everySize, fixed, failure, nets };
};

/** On a net of a few layers a pass that ends does so in fewer steps. */
const mostSteps = 100;

/** That the pass does not end on this net (E0816). */
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
