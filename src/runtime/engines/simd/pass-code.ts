/** Passes over numbers that lie one behind the other. */
import type { Arithmetic, KernelOf, Term } from '../../../kernel/kernel.ts';
import {
  add,
  addDoubles,
  addFloats,
  advance,
  asDoubles,
  constant,
  divideFloats,
  either,
  everywhere,
  func,
  get,
  greater,
  lesser,
  load,
  loadSome,
  loadSplat,
  multiplyDoubles,
  multiplyFloats,
  repeat,
  rootsOfFloats,
  sequence,
  set,
  shuffle,
  store,
  storeSome,
  subtractFloats,
  type Code,
  type Func,
  type Local,
} from './assembler.ts';

const [float, vector] = [4, 16]; // bytes

type Vector = Code<'v128'>;

/** What tells a number from all others, 0 from −0 and ∞ from −∞. */
export const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;

const operations: { readonly [Op in Arithmetic]: (a: Vector, b: Vector) => Vector } = {
  AddV2: addFloats,
  Sub: subtractFloats,
  Mul: multiplyFloats,
  RealDiv: divideFloats,
  Square: (a) => multiplyFloats(a, a),
  Sqrt: rootsOfFloats,
};

/**
 * pointwise(results, operands, vectors, floats): the steps on so many vectors, and then on so many floats. Each of them
 * rounds as the kernel of its name does. `single` says which operands are one number for all.
 */
export const pointwiseFunc = (
  { steps, results }: KernelOf<'Pointwise'>,
  single: readonly boolean[],
): Func => {
  const count = results.length + single.length + 2;
  const parameters = Array.from({ length: count }, () => 'i32' as const);
  return func('pointwise', parameters, (given, fresh) => {
    const outs = given.slice(0, results.length);
    const from = given.slice(results.length, -2);
    const [vectors, floats] = [given[count - 2]!, given[count - 1]!];
    const read = single.map(() => fresh('v128'));
    const made = steps.map(() => fresh('v128'));
    const known = new Map<number, { readonly value: number; readonly local: Local<'v128'> }>();
    for (const { of } of steps)
      for (const term of of)
        if (term.tag === 'number')
          known.set(bitsOf(term.value), { value: term.value, local: fresh('v128') });
    const value = (term: Term): Vector => {
      if (term.tag === 'number') return get(known.get(bitsOf(term.value))!.local);
      return get((term.tag === 'operand' ? read : made)[term.index]!);
    };
    const pass = (width: number) =>
      sequence(
        ...from.flatMap((address, i) =>
          single[i]! ? [] : [set(read[i]!, loadSome(width, get(address)))],
        ),
        ...steps.map(({ op, of: [a, b] }, i) =>
          set(made[i]!, operations[op](value(a!), value(b ?? a!))),
        ),
        ...outs.map((address, i) => storeSome(width, get(address), get(made[results[i]!]!))),
        ...[...outs, ...from.filter((_, i) => !single[i]!)].map((address) =>
          advance(address, constant(float * width)),
        ),
      );
    return [
      ...Array.from(known.values(), ({ value, local }) => set(local, everywhere(value))),
      ...from.flatMap((address, i) => (single[i]! ? [set(read[i]!, loadSplat(get(address)))] : [])),
      ...[repeat(vectors, pass(4)), repeat(floats, pass(1))],
    ];
  });
};

/**
 * endMaps(from, to, plus, mean, gamma, beta, rows, vectors, floats, bounds): each row of so many vectors and then floats, less
 * the row at `mean`, times that at `gamma`, with that at `beta` added, unless `mean` is 0; then with `plus` added, unless it
 * is 0; clamped to the two numbers at `bounds`.
 */
export const endMaps = func(
  'endMaps',
  ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  ([from, to, plus, mean, gamma, beta, rows, vectors, floats, bounds], fresh) => {
    const [count, place, x] = [fresh('i32'), fresh('i32'), fresh('v128')];
    const [low, high] = [fresh('v128'), fresh('v128')];
    const pass = (width: number) => {
      const some = (of: Local<'i32'>): Vector => loadSome(width, get(of));
      const along = (of: Local<'i32'>): Vector => loadSome(width, add(get(of), get(place)));
      const centred = subtractFloats(get(x), along(mean));
      const scaled = addFloats(multiplyFloats(centred, along(gamma)), along(beta));
      const step = constant(float * width);
      return sequence(
        set(x, some(from)),
        either(get(mean), set(x, scaled), sequence()),
        either(
          get(plus),
          sequence(set(x, addFloats(get(x), some(plus))), advance(plus, step)),
          sequence(),
        ),
        storeSome(width, get(to), lesser(greater(get(x), get(low)), get(high))),
        ...[from, to, place].map((local) => advance(local, step)),
      );
    };
    const row = sequence(
      ...[set(place, constant(0)), set(count, get(vectors)), repeat(count, pass(4))],
      ...[set(count, get(floats)), repeat(count, pass(1))],
    );
    return [
      set(low, loadSplat(get(bounds))),
      set(high, loadSplat(get(bounds), float)),
      repeat(rows, row),
    ];
  },
);

/** sumOfSquares(from, vectors, to): four parts of the sum, as doubles, in which no square overflows. */
export const sumOfSquares = func(
  'sumOfSquares',
  ['i32', 'i32', 'i32'],
  ([from, vectors, to], fresh) => {
    const numbers = fresh('v128');
    const sums = [fresh('v128'), fresh('v128')];
    const doubles = sums.map(() => fresh('v128'));
    const halves = [get(numbers), shuffle(get(numbers), get(numbers), [2, 3, 2, 3])];
    return [
      repeat(
        vectors,
        sequence(
          set(numbers, load(get(from))),
          ...sums.flatMap((sum, i) => [
            set(doubles[i]!, asDoubles(halves[i]!)),
            set(sum, addDoubles(get(sum), multiplyDoubles(get(doubles[i]!), get(doubles[i]!)))),
          ]),
          advance(from, constant(vector)),
        ),
      ),
      ...sums.map((sum, i) => store(get(to), get(sum), vector * i)),
    ];
  },
);
