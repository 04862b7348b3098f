/** Sums over a net as formulas in the sizes of the image: `86_704_128*(h/2)*(w/2) + …`. */
import type { OpCount } from '../../ops/row.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, showAxis, type MaybeAxis, type TensorType } from '../../ops/types.ts';
import type { PlacedLayer } from '../../graph/graph.ts';

/** `count` for each pixel of a map of height `h` and width `w`, which are written as `.net` has them. */
type Term = { readonly h: string; readonly w: string; readonly count: number };

/** A size as a number times its free part, which may be empty: `4*h` is 4 times `h`. */
const factored = (axis: MaybeAxis): { readonly times: number; readonly size: string } => {
  const extent = extentOf(axis);
  if (extent !== undefined) return { times: extent, size: '' };
  if (axis === 'unknown') return { times: 1, size: showAxis(axis) };
  const { variable, size } = axis;
  const multiple = size.tag === 'floor' && size.b === 0 && size.d === 1;
  return multiple ? { times: size.a, size: variable } : { times: 1, size: showAxis(axis) };
};

/**
 * What each pixel of a type contributes, `each` times, as a term; maps of fixed size and vectors are plain
 * numbers. Undefined after a fault.
 */
const termOf = (t: TensorType, each: number): Term | undefined => {
  if (t.tag === 'unknown') return undefined;
  if (t.tag === 'vector') return { h: '', w: '', count: each };
  const [h, w] = [factored(t.h), factored(t.w)];
  return { h: h.size, w: w.size, count: each * h.times * w.times };
};

/** A sum in the order in which its sizes first appear; `0` when nothing counts. */
const sumOf = (terms: readonly Term[]): string => {
  const sums = new Map<string, number>();
  for (const { h, w, count } of terms) {
    const pixels = [h, w].filter((size) => size !== '').map(factor);
    const key = pixels.join('*');
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  const written = [...sums].flatMap(([pixels, count]) =>
    count === 0 ? [] : [pixels === '' ? numeral(count) : `${numeral(count)}*${pixels}`],
  );
  return written.length === 0 ? '0' : written.join(' + ');
};

/** A size as a factor: `h` and `7` stand alone, anything longer in parentheses. */
const factor = (size: string): string => (/^\w+$/.test(size) ? size : `(${size})`);

/** `138_357_544`, as the language writes large numbers. */
export const numeral = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, '_');

const totalOf = (
  layers: readonly PlacedLayer[],
  terms: (layer: PlacedLayer) => readonly (Term | undefined)[],
): string | undefined => {
  const all = layers.flatMap(terms);
  return all.includes(undefined)
    ? undefined
    : sumOf(all.flatMap((t) => (t === undefined ? [] : [t])));
};

const termsOf = (
  layer: PlacedLayer,
  { at, each }: OpCount,
  perChannel: boolean,
): readonly (Term | undefined)[] => {
  const type = at === 'input' ? layer.inputTypes[0]! : layer.output;
  if (type.tag === 'unknown' || typeof type.c !== 'number') return [undefined];
  return each === 0 ? [] : [termOf(type, perChannel ? each * type.c : each)];
};

const macTerms = (layer: PlacedLayer): readonly (Term | undefined)[] =>
  termsOf(layer, rowOf(layer.op).macs(layer.args, layer.inputTypes), false);

/** Multiply–adds of one image. Undefined for a net with faults. */
export const macsFormula = (layers: readonly PlacedLayer[]): string | undefined =>
  totalOf(layers, macTerms);

/** Floating-point operations: two for a multiply–add, and what each row adds at each element. */
export const flopsFormula = (layers: readonly PlacedLayer[]): string | undefined =>
  totalOf(layers, (layer) => [
    ...macTerms(layer).map((t) => t && { ...t, count: 2 * t.count }),
    ...termsOf(layer, rowOf(layer.op).extraFlops(layer.args, layer.inputTypes), true),
  ]);
