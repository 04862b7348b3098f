/**
 * The shape of an infix run. The parser keeps `a + b * c-1` flat; here a word that means a number gives
 * its `-` and `/` back to arithmetic, and the usual precedence is applied.
 */
import type { Span } from '../../syntax/source.ts';
import type { Expr, Link, Sign } from '../../syntax/tree.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** An operand of a run: an expression, or the number-valued beginning of a chain. */
export type Term = { readonly expr: Expr; readonly span: Span };

/** Terms with a sign before each but the first. */
export type Flat = {
  readonly terms: readonly Term[];
  readonly signs: readonly { readonly sign: Sign; readonly span: Span }[];
};

/**
 * Takes the `-` and `/` that touch a number apart: `n-1` of the chain becomes `n`, `-`, `1`. `keep` says
 * how many links still belong to the word (a call of a number function); undefined when all do.
 */
export const flatten = (
  operands: readonly Expr[],
  signs: Flat['signs'],
  keep: (chain: Chain) => number | undefined,
): Flat => {
  const flatTerms: Term[] = [];
  const flatSigns: { readonly sign: Sign; readonly span: Span }[] = [];
  operands.forEach((operand, i) => {
    if (i > 0) flatSigns.push(signs[i - 1]!);
    const kept = operand.tag === 'chain' && operand.links.length > 0 ? keep(operand) : undefined;
    if (operand.tag !== 'chain' || kept === undefined || kept >= operand.links.length) {
      flatTerms.push({ expr: operand, span: operand.span });
      return;
    }
    const head = shorten(operand, kept);
    flatTerms.push({ expr: head, span: head.span });
    for (const link of operand.links.slice(kept)) {
      if (link.tag === 'call') continue; // a number cannot be called; reported where it is evaluated
      flatSigns.push({ sign: link.tag, span: { ...link.span, end: link.span.start + 1 } });
      flatTerms.push({ expr: link.argument, span: link.argument.span });
    }
  });
  return { terms: flatTerms, signs: flatSigns };
};

const shorten = (chain: Chain, kept: number): Chain => {
  const links: readonly Link[] = chain.links.slice(0, kept);
  const end = links.length === 0 ? chain.word.span.end : links[links.length - 1]!.span.end;
  return { ...chain, links, span: { ...chain.span, end } };
};

/** A sum of products: `+ -` loosest, then `* /`, both from left to right. */
export type Product = {
  readonly sign: Sign | undefined; // `+` or `-` before it
  readonly factors: readonly {
    readonly sign: Sign | undefined; // `*` or `/` before it
    readonly term: Term;
  }[];
};

export const productsOf = (flat: Flat): readonly Product[] => {
  const products: {
    sign: Sign | undefined;
    factors: Product['factors'][number][];
  }[] = [];
  flat.terms.forEach((term, i) => {
    const before = i === 0 ? undefined : flat.signs[i - 1]!;
    if (before === undefined || before.sign === '+' || before.sign === '-')
      products.push({
        sign: before?.sign,
        factors: [{ sign: undefined, term }],
      });
    else
      products[products.length - 1]!.factors.push({
        sign: before.sign,
        term,
      });
  });
  return products;
};
