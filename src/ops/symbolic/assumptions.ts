/**
 * What is known of numbers that have no value yet: the symbols of a rule, their bounds, and the inequalities
 * that the left side of a rule states by matching. A number is a polynomial (`size/channels.ts`); what is
 * not one, such as ⌊p/q⌋ with q a symbol, is a symbol of its own, named after what it is made of.
 */
import {
  isPolynomial,
  minus,
  sameForm,
  symbol,
  symbolsOf,
  times,
  type Channels,
  type Polynomial,
} from '../../size/channels.ts';
import { divided, substituted, textOf, unclear } from './polynomials.ts';
import type { Symbolic } from './values.ts';

/** Where the value of a symbol is found in a match. `part` is `h`, `top`, `from`, … of an argument. */
export type SymbolOrigin =
  | { readonly tag: 'variable'; readonly name: string; readonly part: string | undefined }
  | {
      readonly tag: 'carried';
      readonly rest: string;
      readonly parameter: string;
      readonly part: string | undefined;
    }
  | {
      readonly tag: 'argument';
      readonly node: number;
      readonly parameter: string;
      readonly part: string | undefined;
    }
  | { readonly tag: 'size'; readonly node: number; readonly axis: 'h' | 'w' | 'c' }
  /** ⌊of/by⌋ */
  | { readonly tag: 'floor'; readonly of: Channels; readonly by: Channels }
  /** min(0, of) */
  | { readonly tag: 'least'; readonly of: Channels }
  /** the e of ⌊(x + e)/stride⌋ or stride·x + e, for windows whose padding or rounding is open */
  | {
      readonly tag: 'window' | 'spread';
      readonly axis: 'h' | 'w';
      readonly span: Channels;
      readonly stride: Channels;
      readonly pad: Symbolic | undefined;
      readonly round: Symbolic | undefined;
    }
  /** branches that agree for some images, where it is ⌊of/by⌋ */
  | { readonly tag: 'joined'; readonly of: Channels; readonly by: Channels }
  /** nothing but equal to itself: a real number */
  | { readonly tag: 'itself' };

/** A symbol. Both bounds are allowed values. */
export type Atom = {
  readonly min?: number;
  readonly max?: number;
  readonly odd?: boolean;
  /** a height or width, which a net may leave free */
  readonly image?: boolean;
  readonly origin: SymbolOrigin;
};

/** Facts by the terms that they may take away from a goal: each with its number before that term. */
export type Facts = {
  readonly at: number;
  readonly byTerm: ReadonlyMap<string, readonly (readonly [Polynomial, number])[]>;
};

/** All that a proof goes by, while it is found out. */
export type Assumptions = {
  readonly atoms: Map<string, Atom>;
  /** each is ≥ 0 */
  readonly facts: Channels[];
  /** what else the left side says, by a text that names it: `g | n` */
  readonly holds: Set<string>;
  /** sizes of the image that are fixed, by their texts */
  readonly fixed: Set<string>;
  /** symbols that turned out to be something else: n is g·⌊n/g⌋ where g divides it */
  readonly instead: ReadonlyMap<string, Channels>;
  /** what is to be put in their place when everything is looked at again, and the symbols in that */
  readonly found: Map<string, Channels>;
  readonly made: Map<string, Atom>;
  /** steps of proofs that are left */
  steps: number;
  shifted: Facts | undefined;
};

/** Steps that all proofs about one side may take together; each is one subtraction. */
const mostSteps = 2000;

/** `before` is what looking at the rule once has found. */
export const noAssumptions = (
  before: Pick<Assumptions, 'instead' | 'found' | 'made'> | undefined,
): Assumptions => ({
  atoms: new Map(before?.made),
  facts: [],
  holds: new Set(),
  fixed: new Set(),
  instead: new Map([...(before?.instead ?? []), ...(before?.found ?? [])]),
  found: new Map(),
  made: new Map(before?.made),
  steps: mostSteps,
  shifted: undefined,
});

// ----------------------------------------------------------------------------------------- symbols

/** No symbol is made of more than can be written so. */
export const longest = 1000;

/** The symbol of this name, or what stands in its place; its bounds are known from now on. */
export const atom = (assumed: Assumptions, name: string, what: Atom): Channels => {
  if (name.includes(unclear) || name.length > longest) return 'unknown';
  const before = assumed.atoms.has(name);
  if (!before) assumed.atoms.set(name, what);
  const value = replaced(assumed, symbol(name));
  if (before) return value;
  if (what.max !== undefined) assumed.facts.push(minus(what.max, value));
  if (what.min !== undefined && assumed.instead.has(name))
    assumed.facts.push(minus(value, what.min));
  return value;
};

/** No chain of replacements is longer: each takes one symbol away for good. */
const replaced = (assumed: Assumptions, c: Channels): Channels => {
  let value = c;
  for (let i = 0; i <= assumed.instead.size; i++) {
    if (![...symbolsOf(value)].some((name) => assumed.instead.has(name))) return value;
    value = substituted(value, (name) => assumed.instead.get(name));
  }
  return 'unknown';
};

/** That this is so, of what only its text tells. */
export const hold = (assumed: Assumptions, text: string): void => {
  if (!text.includes(unclear)) assumed.holds.add(text);
};

// ------------------------------------------------------------------------------------------- facts

/** Whether it depends on a size of the image. */
export const isImage = (assumed: Assumptions, c: Channels): boolean =>
  [...symbolsOf(c)].some((name) => assumed.atoms.get(name)?.image === true);

const bare = (c: Channels): string | undefined => {
  const [term, second] = isPolynomial(c) ? c.terms : [];
  const [factor, more] = term?.factors ?? [];
  return term?.times === 1 && second === undefined && more === undefined && factor?.tag === 'symbol'
    ? factor.name
    : undefined;
};

/** That the two are equal: one of them is put in the place of the other, where it is a symbol. */
export const equate = (assumed: Assumptions, a: Channels, b: Channels): void => {
  const [one, other] = [foundIn(assumed, a), foundIn(assumed, b)];
  if (one === 'unknown' || other === 'unknown' || sameForm(one, other)) return;
  if (!replace(assumed, one, other) && !replace(assumed, other, one))
    assumed.facts.push(minus(one, other), minus(other, one));
};

/** What is found already is in its place, so that no two equations put each other's symbol back. */
const foundIn = (assumed: Assumptions, c: Channels): Channels => {
  let value = c;
  for (let i = 0; i <= assumed.found.size; i++)
    value = substituted(value, (name) => assumed.found.get(name));
  return value;
};

const replace = (assumed: Assumptions, a: Channels, b: Channels): boolean => {
  const name = bare(a);
  if (name === undefined || assumed.found.has(name) || symbolsOf(b).has(name)) return false;
  const what = assumed.atoms.get(name);
  // sizes of the image are not numbers, and what is made of others follows them
  if (what === undefined || what.image === true || isImage(assumed, b) || isMade(what))
    return false;
  assumed.found.set(name, b);
  return true;
};

const isMade = ({ origin }: Atom): boolean => origin.tag === 'floor' || origin.tag === 'least';

/** That `by` divides `of`. */
export const divides = (assumed: Assumptions, by: Channels, of: Channels): void => {
  hold(assumed, `${textOf(by)} | ${textOf(of)}`);
  const name = bare(of);
  const known = name === undefined ? undefined : assumed.atoms.get(name);
  if (name === undefined || known === undefined || isMade(known) || known.image === true) return;
  if (by === 'unknown' || assumed.found.has(name) || symbolsOf(by).has(name)) return;
  if (divided(of, by) !== undefined) return;
  const part = `⌊${name}/(${textOf(by)})⌋`;
  const origin = { tag: 'floor', of: symbol(name), by } as const;
  assumed.made.set(part, {
    min: 1,
    ...(known.max === undefined ? {} : { max: known.max }),
    origin,
  });
  assumed.found.set(name, times(by, symbol(part)));
};
