/**
 * Both sides of a rule have one type for all sizes and all parameters: a proof with symbols for numbers.
 *
 * Every node of both sides gets a type whose numbers are polynomials in the variables of the rule, the
 * parameters behind `..p`, the sizes of the image and the output of `..f`. The left side matched, so the demands of
 * its layers are met: windows fit, groups divide the channels, cuts are valid, conditions after `where` hold. The
 * demands of the right side must follow from these. The input, and the output of `..f`, may be a map or a vector: each
 * case is proved by itself.
 *
 * A proof is about nets whose dimensions are numbers of the language, at most 2³¹ − 1, and whose sizes repeat
 * often enough to be followed (`size/forms.ts`). If no proof is found the rule may still be right; then instances are
 * tested.
 */
import type { CompiledRule, Pattern } from '../rule/pattern.ts';
import { noAssumptions, type Assumptions } from '../../ops/symbolic/assumptions.ts';
import { leftSide, type Ranks } from './left-side.ts';
import { rightSide } from './right-side.ts';
import type { SymbolicType } from '../../ops/symbolic/types.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

export type Verdict =
  | { readonly tag: 'proved' }
  /** `why` completes "not proved: …" */
  | { readonly tag: 'open'; readonly why: string };

/** The types of the nodes of both sides in one case, and the first demand that is not proved. */
export type Case = {
  readonly assumed: Assumptions;
  readonly left: readonly (SymbolicType | undefined)[];
  readonly right: readonly (SymbolicType | undefined)[];
  readonly why: string | undefined;
};

const open = (why: string): Verdict => ({ tag: 'open', why });

/**
 * An estimate of the length of a proof, in an arbitrary unit: every node uses facts about the others, and every value
 * that may be a map or a vector doubles the cases.
 */
export const workOf = ({ pattern, replacement }: CompiledRule): number =>
  (pattern.nodes.length + replacement.nodes.length) ** 2 * 2 ** unknownIn(pattern).length;

/** The limit on the length of one proof. */
const mostWorkOfRule = 1_000_000;

const unknownIn = ({ nodes }: Pattern): readonly number[] =>
  [...nodes.entries()].flatMap(([i, n]) => (n.tag === 'layers' || n.tag === 'input' ? [i] : []));

export const proveTypes = (rule: CompiledRule, std: Scope): Verdict => {
  const cases = casesOf(rule, std);
  if (typeof cases === 'string') return open(cases);
  const [first] = cases.flatMap(({ why }) => why ?? []);
  return first === undefined ? { tag: 'proved' } : open(first);
};

/** Every case in which the left side is a network; a text says why there is no case. */
export const casesOf = (rule: CompiledRule, std: Scope): readonly Case[] | string => {
  const { pattern } = rule;
  const strange = unfit(rule);
  if (strange !== undefined) return strange;
  if (workOf(rule) > mostWorkOfRule) return 'the rule is too long';
  const unknown = unknownIn(pattern);
  const cases: Case[] = [];
  for (let bits = 0; bits < 1 << unknown.length; bits++) {
    const ranks: Ranks = new Map(
      unknown.map((node, i) => [node, (bits >> i) & 1 ? 'vector' : 'map'] as const),
    );
    const found = caseOf(rule, std, ranks);
    if (found !== undefined) cases.push(found);
  }
  return cases.length === 0 ? 'no type fits the pattern' : cases;
};

const unfit = ({ pattern }: CompiledRule): string | undefined => {
  const layers = pattern.nodes.flatMap((n) => (n.tag === 'layers' ? [n.name] : []));
  return new Set(layers).size < layers.length
    ? 'the same `..` layers appear twice in the pattern'
    : undefined;
};

/** How often the left side is computed again with the values found for symbols in their place. */
const mostRounds = 12;

const caseOf = (rule: CompiledRule, std: Scope, ranks: Ranks): Case | undefined => {
  let before: Assumptions | undefined;
  for (let round = 0; round < mostRounds; round++) {
    const assumed = noAssumptions(before);
    const left = leftSide(rule, std, assumed, ranks);
    if (left === undefined) return undefined;
    if (assumed.found.size === 0) {
      const { types: right, why } = rightSide(rule, left);
      return { assumed, left: left.types, right, why };
    }
    before = assumed;
  }
  return {
    assumed: noAssumptions(undefined),
    left: [],
    right: [],
    why: 'its sizes depend on each other in a cycle',
  };
};
