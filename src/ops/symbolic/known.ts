/**
 * What is known of numbers that have no value yet: the symbols of a rule, their bounds, and the inequalities
 * that the left side of a rule states by matching. A number is a polynomial (`size/channels.ts`); what is
 * no polynomial, such as ⌊p/q⌋ with q a symbol, is a symbol of its own, named after what it is made of.
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

export type Known = {
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
export const nothingKnown = (
  before: Pick<Known, 'instead' | 'found' | 'made'> | undefined,
): Known => ({
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
export const atom = (k: Known, name: string, what: Atom): Channels => {
  if (name.includes(unclear) || name.length > longest) return 'unknown';
  const before = k.atoms.has(name);
  if (!before) k.atoms.set(name, what);
  const value = replaced(k, symbol(name));
  if (before) return value;
  if (what.max !== undefined) k.facts.push(minus(what.max, value));
  if (what.min !== undefined && k.instead.has(name)) k.facts.push(minus(value, what.min));
  return value;
};

/** No chain of replacements is longer: each takes one symbol away for good. */
const replaced = (k: Known, c: Channels): Channels => {
  let value = c;
  for (let i = 0; i <= k.instead.size; i++) {
    if (![...symbolsOf(value)].some((name) => k.instead.has(name))) return value;
    value = substituted(value, (name) => k.instead.get(name));
  }
  return 'unknown';
};

/** That this is so, of what only its text tells. */
export const hold = (k: Known, text: string): void => {
  if (!text.includes(unclear)) k.holds.add(text);
};

// ------------------------------------------------------------------------------------------- facts

/** Whether it depends on a size of the image. */
export const isImage = (k: Known, c: Channels): boolean =>
  [...symbolsOf(c)].some((name) => k.atoms.get(name)?.image === true);

const bare = (c: Channels): string | undefined => {
  const [term, second] = isPolynomial(c) ? c.terms : [];
  const [factor, more] = term?.factors ?? [];
  return term?.times === 1 && second === undefined && more === undefined && factor?.tag === 'symbol'
    ? factor.name
    : undefined;
};

/** That the two are equal: one of them is put in the place of the other, where it is a symbol. */
export const equate = (k: Known, a: Channels, b: Channels): void => {
  const [one, other] = [foundIn(k, a), foundIn(k, b)];
  if (one === 'unknown' || other === 'unknown' || sameForm(one, other)) return;
  if (!replace(k, one, other) && !replace(k, other, one))
    k.facts.push(minus(one, other), minus(other, one));
};

/** What is found already is in its place, so that no two equations put each other's symbol back. */
const foundIn = (k: Known, c: Channels): Channels => {
  let value = c;
  for (let i = 0; i <= k.found.size; i++) value = substituted(value, (name) => k.found.get(name));
  return value;
};

const replace = (k: Known, a: Channels, b: Channels): boolean => {
  const name = bare(a);
  if (name === undefined || k.found.has(name) || symbolsOf(b).has(name)) return false;
  const what = k.atoms.get(name);
  // sizes of the image are no numbers, and what is made of others follows them
  if (what === undefined || what.image === true || isImage(k, b) || isMade(what)) return false;
  k.found.set(name, b);
  return true;
};

const isMade = ({ origin }: Atom): boolean => origin.tag === 'floor' || origin.tag === 'least';

/** That `by` divides `of`. */
export const divides = (k: Known, by: Channels, of: Channels): void => {
  hold(k, `${textOf(by)} | ${textOf(of)}`);
  const name = bare(of);
  const known = name === undefined ? undefined : k.atoms.get(name);
  if (name === undefined || known === undefined || isMade(known) || known.image === true) return;
  if (by === 'unknown' || k.found.has(name) || symbolsOf(by).has(name)) return;
  if (divided(of, by) !== undefined) return;
  const part = `⌊${name}/(${textOf(by)})⌋`;
  const origin = { tag: 'floor', of: symbol(name), by } as const;
  k.made.set(part, { min: 1, ...(known.max === undefined ? {} : { max: known.max }), origin });
  k.found.set(name, times(by, symbol(part)));
};
