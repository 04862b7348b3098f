/** Numbers of channels at values of their symbols, from the terms alone. */
import { isPolynomial, type Channels, type Factor } from '../../src/size/channels.ts';

export type Values = { readonly [name: string]: number };

export const valueAt = (n: Channels, at: Values): number => {
  if (n === 'unknown') throw new Error('unknown has no value');
  if (!isPolynomial(n)) return n;
  const factor = (f: Factor): number =>
    f.tag === 'symbol' ? at[f.name]! : Math.floor(valueAt(f.of, at) / f.by);
  return n.terms.reduce(
    (sum, t) => sum + t.factors.map(factor).reduce((p, x) => p * x, t.times),
    0,
  );
};
