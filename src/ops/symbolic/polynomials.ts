/** Polynomials of `size/channels.ts` as proofs need them: with numbers in place of symbols, divided, named. */
import {
  isPolynomial,
  over,
  plus,
  sameForm,
  showChannels,
  symbol,
  times,
  type Channels,
  type Factor,
  type Polynomial,
} from '../../size/channels.ts';

/** A number times a product of symbols. */
export type Term = Polynomial['terms'][number];

/** With other numbers for some symbols. */
export const substituted = (
  c: Channels,
  instead: (name: string) => Channels | undefined,
): Channels => {
  if (!isPolynomial(c)) return c;
  const factor = (f: Factor): Channels =>
    f.tag === 'symbol'
      ? (instead(f.name) ?? symbol(f.name))
      : over(substituted(f.of, instead), f.by);
  return c.terms.map((t) => t.factors.map(factor).reduce(times, t.times)).reduce(plus, 0);
};

/** A factor as a number. */
export const factorAlone = (f: Factor): Channels => ({
  tag: 'polynomial',
  terms: [{ times: 1, factors: [f] }],
});

/** What is written between brackets names one symbol; `*` would read as a product. */
export const named = (...parts: readonly string[]): string => parts.join('').replaceAll('*', '·');

/** Stands in a text for a number that we cannot tell; two of these are not equal. */
export const unclear = '‽';

/** A text that two equal numbers share, unless it is unclear. */
export const textOf = (c: Channels): string => (c === 'unknown' ? unclear : named(showChannels(c)));

/** A text as messages show it: a number that no name of the rule tells is `_`, and the image has `h`, `w` and `c`. */
export const readable = (text: string): string => {
  const inner = /⟨[^⟨⟩]*⟩/g;
  let shown = text.replaceAll(unclear, '_').replaceAll('#0.', '');
  while (shown.search(inner) >= 0) shown = shown.replaceAll(inner, '_');
  return shown;
};

/** A text that terms of the same symbols share. */
export const keyOf = ({ factors }: Pick<Term, 'factors'>): string =>
  factors
    .map((f) => (f.tag === 'symbol' ? f.name : named('⌊', showChannels(f.of), `/${f.by}⌋`)))
    .join('*');

/** of/by where that is a polynomial, which it is for some products of symbols. */
export const divided = (of: Channels, by: Channels): Channels | undefined => {
  if (of === 'unknown' || by === 'unknown' || by === 0) return undefined;
  if (sameForm(of, by)) return 1;
  if (of === 0) return 0;
  const [divisor, second] = isPolynomial(by) ? by.terms : [{ times: by, factors: [] }];
  if (divisor === undefined || second !== undefined) return undefined;
  const terms = isPolynomial(of) ? of.terms : [{ times: of, factors: [] }];
  let whole: Channels = 0;
  for (const term of terms) {
    const left = [...term.factors];
    for (const f of divisor.factors) {
      const key = keyOf({ factors: [f] });
      const at = left.findIndex((g) => keyOf({ factors: [g] }) === key);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    if (term.times % divisor.times !== 0) return undefined;
    const rest: Polynomial = { tag: 'polynomial', terms: [{ times: 1, factors: left }] };
    const part = left.length === 0 ? 1 : rest;
    whole = plus(whole, times(term.times / divisor.times, part));
  }
  return whole;
};
