/**
 * Whether a plan may have met NaN where a kernel makes a number of it. A graph computes beside its numbers a bound of
 * what each such kernel reads: where all bounds are small, none has met NaN. That costs a look at all numbers of a value
 * now and then; between them bounds follow from each other.
 */
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Shape } from '../../../kernel/shape.ts';
import { partsOf } from '../../../kernel/table.ts';
import { boundsAs, largestBound } from '../bounds.ts';
import { isClamp } from './keeping-nan.ts';
import { products } from './products.ts';
import type { Site } from './site.ts';

/** The node of a value, and its shape. */
export type Seen = { readonly node: string; readonly shape: Shape };

/** Follows bounds from call to call. */
export type Guard = {
  /** what a kernel has read, but for shapes, and what it has made */
  readonly follow: (kernel: Kernel, to: Site, read: readonly Seen[], made: readonly Seen[]) => void;
  /** nodes that are all true where no kernel has made a number of NaN */
  readonly safe: () => readonly string[];
};

/** The node of a bound, and how many products have come since a value was looked at: each makes it far too large. */
type Known = { readonly node: string; readonly products: number };

/** With more products the bound of numbers of a usual size would pass the largest. */
const mostProducts = 5;

/** Whether a kernel makes numbers that may be far larger than those that it reads. */
const isProduct = (kernel: Kernel): boolean =>
  partsOf(kernel).some(({ op }) => Object.hasOwn(products, op) || op === 'Mul' || op === 'Square');

/** Looks at all numbers: the root of their squares’ sum is as large as the largest, and NaN where a number is. */
const measured = (to: Site, node: string): Known => {
  const squares = to.add('Mul', [to.add('L2Loss', [node]), to.scalar(2)]);
  return { node: to.add('Sqrt', [squares]), products: 0 };
};

/** Whether a bound says that no number is NaN. */
const isSmall = (to: Site, bound: string): string =>
  to.add('LessEqual', [bound, to.scalar(largestBound)]);

/** Bounds as nodes; whether one is too large is asked where it matters. */
const inNodes = (to: Site) =>
  boundsAs<string>({
    number: to.scalar,
    plus: (a, b) => to.add('AddV2', [a, b]),
    times: (a, b) => to.add('Mul', [a, b]),
    larger: (a, b) => to.add('Maximum', [a, b]),
    computed: (bound) => bound,
    within: (bound, of) => to.add('SelectV2', [isSmall(to, of), bound, to.scalar(Infinity)]),
  });

/** For the values of one plan, of which some have bounds that are known: both as nodes. */
export const newGuard = (bounds: ReadonlyMap<string, string>): Guard => {
  const known = new Map(
    Array.from(bounds, ([node, bound]): [string, Known] => [node, { node: bound, products: 0 }]),
  );
  const safe = new Set<string>();
  /** What a product reads is looked at now and then; what others read may be a sum that TensorFlow fuses away. */
  const boundOf = ({ node }: Seen, to: Site, most: number): Known => {
    const found = known.get(node);
    if (found !== undefined && found.products <= most) return found;
    const bound = measured(to, node);
    known.set(node, bound);
    return bound;
  };
  return {
    follow: (kernel, to, read, made) => {
      const more = isProduct(kernel) ? 1 : 0;
      const all = read.map((value) => boundOf(value, to, more === 0 ? Infinity : mostProducts - 1));
      const bounds = all.map(({ node }) => node);
      const given = { bounds, filter: read[1]?.shape, result: made[0]!.shape };
      const bound = inNodes(to)(kernel, given);
      const count = Math.max(0, ...all.map((b) => b.products)) + more;
      if (bound !== undefined)
        for (const { node } of made)
          if (!known.has(node)) known.set(node, { node: bound, products: count });
      if (!partsOf(kernel).some(isClamp)) return;
      // what a fused kernel clamps is a sum that nobody else sees
      const clamped = isClamp(kernel) ? bounds[0] : bound;
      safe.add(isSmall(to, clamped!));
    },
    safe: () => [...safe],
  };
};
