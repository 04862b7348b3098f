/** What a proof says of operators is what their rows say, for random arguments and inputs. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args, ArgValue } from '../../src/ops/params.ts';
import { table, type Row } from '../../src/ops/table.ts';
import { extentOf, image, showType, vectorType, type TensorType } from '../../src/ops/types.ts';
import { drawn, type Choices } from '../../src/rewrite/verify/choices.ts';
import { atom, noAssumptions, type Assumptions } from '../../src/ops/symbolic/assumptions.ts';
import { sizeDemands } from '../../src/rewrite/proof/left-side.ts';
import { anyValue, ofArg } from '../../src/rewrite/proof/parameters.ts';
import { axisOf, type Demand, type SymbolicType } from '../../src/ops/symbolic/types.ts';
import type { Symbolic, SymbolicArgs } from '../../src/ops/symbolic/values.ts';
import { randomArg } from '../../src/rewrite/verify/random-args.ts';
import { numberOf, partOf, shownType, type Found } from './symbols.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const cases = deep ? 3000 : 200;

const randomType = (choose: Choices): TensorType => {
  const c = choose.of(1, 2, 3, 4, 6);
  return choose.once(5) ? vectorType(c) : image(choose.side(), choose.side(), c);
};

const randomArgs = (row: Row, x: TensorType, choose: Choices): Args => {
  const channels = x.tag !== 'unknown' && typeof x.c === 'number' ? x.c : 1;
  const [height, width] = [sizeIn(x, 'h') ?? 1, sizeIn(x, 'w') ?? 1];
  const around = { channels, height, width, groups: 1, literals: [] };
  const given: { [name: string]: ArgValue } = {};
  for (const p of row.params) {
    const value = randomArg(p, around, choose);
    if (value !== undefined) given[p.name] = value;
  }
  // now and then what does not fit
  if ('range' in given && choose.once(4)) given['range'] = { from: 1, to: choose.below(4) };
  if ('groups' in given && choose.once(4)) given['groups'] = 2;
  return withDefaults(row.params, given);
};

/** Numbers of their own, but for the sizes that are those of the first input. */
const symbolicType = (
  assumed: Assumptions,
  t: TensorType,
  node: number,
  first: TensorType,
): SymbolicType => {
  const size = (axis: 'h' | 'w' | 'c') => {
    const same = axis !== 'c' && sizeIn(t, axis) === sizeIn(first, axis);
    const at = same ? 0 : node;
    const origin = { tag: 'size', node: at, axis } as const;
    return atom(assumed, `x${at}.${axis}`, { min: 1, image: axis !== 'c', origin });
  };
  return t.tag === 'map'
    ? { tag: 'map', h: axisOf(size('h')), w: axisOf(size('w')), c: size('c') }
    : { tag: 'vector', c: size('c') };
};

/** Every other argument is a symbol, or any value. */
const symbolicArgs = (
  assumed: Assumptions,
  row: Row,
  args: Args,
  node: number,
  choose: Choices,
): SymbolicArgs => {
  const known: { [name: string]: Symbolic } = {};
  for (const p of row.params) {
    const value = args[p.name];
    const origin = (part: string | undefined) =>
      ({ tag: 'argument', node, parameter: p.name, part }) as const;
    const any = choose.once(2) || value === undefined;
    known[p.name] = any ? anyValue(assumed, p, `${node}#${p.name}`, origin) : ofArg(p.kind, value)!;
  }
  return known;
};

const sizeIn = (t: TensorType, axis: 'h' | 'w' | 'c'): number | undefined => {
  if (t.tag === 'unknown') return undefined;
  if (axis === 'c') return typeof t.c === 'number' ? t.c : undefined;
  return t.tag === 'map' ? extentOf(t[axis]) : undefined;
};

/** Whether what an operator asks for is so; undefined where only its text tells. */
const isMet = (assumed: Assumptions, d: Demand, found: Found): boolean | undefined => {
  switch (d.tag) {
    case 'at least':
      return numberOf(assumed, d.of, found) >= d.least;
    case 'divides':
      return numberOf(assumed, d.of, found) % numberOf(assumed, d.by, found) === 0;
    case 'equal':
      return numberOf(assumed, d.a, found) === numberOf(assumed, d.b, found);
    case 'holds':
      return undefined;
    default:
      return true;
  }
};

/** One comparison; what kind it was. */
const compare = (row: Row, index: number): 'same' | 'refused' | 'by its text' => {
  const choose = drawn(1, row.name, index);
  const count = row.inputs.tag === 'one' ? 1 : choose.of(2, 3);
  const first = randomType(choose);
  const other = (): TensorType => {
    const c = choose.of(1, 2);
    if (first.tag !== 'map' || choose.once(4)) return choose.once(3) ? first : vectorType(c);
    return choose.once(3) ? randomType(choose) : { ...first, c };
  };
  const inputs = [first, ...Array.from({ length: count - 1 }, other)];
  const args = randomArgs(row, first, choose);
  const assumed = noAssumptions(undefined);
  const known = symbolicArgs(assumed, row, args, 0, choose);
  const types = inputs.map((t, i) => symbolicType(assumed, t, i, first));
  const found: Found = {
    number: (o) =>
      o.tag === 'argument'
        ? partOf(args[o.parameter], o.part)
        : o.tag === 'size'
          ? sizeIn(inputs[o.node]!, o.axis)
          : undefined,
    open: (name) => args[name.replace(/.*#/, '')],
  };
  const typed = row.symbolic.type(assumed, known, types);
  const shape = row.shape(args, inputs);
  const expected =
    Either.isRight(shape) && shape.right.conditions.length === 0 ? shape.right.type : undefined;
  const isEmpty =
    expected?.tag === 'map' && [expected.h, expected.w].some((a) => (extentOf(a) ?? 1) < 1);
  if (typed === undefined) {
    expect(expected).toBeUndefined();
    return 'refused';
  }
  const demands = [...typed.demands, ...sizeDemands(typed.type)];
  // sizes of branches that are different numbers, which may all the same be equal
  if (demands.some((d) => d.why === 'the branches have one size')) return 'by its text';
  const answers = demands.map((d) => isMet(assumed, d, found));
  const text = `${row.name} ${JSON.stringify(args)} on ${inputs.map(showType).join()}`;
  const fine = expected !== undefined && !isEmpty;
  // an open padding may be too wide, which no number tells
  if (!answers.includes(undefined) || fine) expect(!answers.includes(false), text).toBe(fine);
  if (expected === undefined || isEmpty) return 'refused';
  expect(shownType(assumed, typed.type, found), text).toBe(showType(expected));
  if (row.inputs.tag === 'one') {
    const stated = row.symbolic.weights?.(assumed, known, types[0]!) ?? [];
    const specs = stated
      .filter(({ when }) => when?.tag !== 'flag' || when.value)
      .filter(({ when }) => when?.tag !== 'open' || args['bias'] === true)
      .map((w) => `${w.name} ${w.shape.map((n) => numberOf(assumed, n, found)).join()}`);
    expect(specs, text).toEqual(
      row.weights(args, inputs).map((w) => `${w.name} ${w.shape.join()}`),
    );
  }
  return 'same';
};

const moving = ['maxpool', 'conv', 'upsample', 'deconv', 'avgpool', 'crop', 'pad'];

/** Layers in a row: floors of floors. False when they are no network. */
const compareChain = (index: number): boolean => {
  const choose = drawn(2, 'chain', index);
  const first = image(8 + choose.below(30), 8 + choose.below(30), choose.of(1, 2));
  const assumed = noAssumptions(undefined);
  const layers: Args[] = [];
  let real: TensorType = first;
  let symbolic = symbolicType(assumed, first, 0, first);
  const found: Found = {
    number: (o) =>
      o.tag === 'argument'
        ? partOf(layers[o.node]?.[o.parameter], o.part)
        : o.tag === 'size'
          ? sizeIn(first, o.axis)
          : undefined,
    open: (name) => layers[Number(name.split('#')[0])]?.[name.replace(/.*#/, '')],
  };
  for (let i = 0; i < 4; i++) {
    const row = table.get(moving[choose.below(moving.length)]!)!;
    const args = randomArgs(row, real, choose);
    layers.push(args);
    const shape = row.shape(args, [real]);
    const typed = row.symbolic.type(assumed, symbolicArgs(assumed, row, args, i, choose), [
      symbolic,
    ]);
    if (Either.isLeft(shape) || typed === undefined) return false;
    real = shape.right.type;
    symbolic = typed.type;
    expect(shownType(assumed, symbolic, found), JSON.stringify(layers)).toBe(showType(real));
    if (real.tag === 'map' && [real.h, real.w].some((a) => (extentOf(a) ?? 1) < 1)) return false;
  }
  return true;
};

describe('operators with symbols for numbers', () => {
  test('in a row', () => {
    const done = Array.from({ length: 5 * cases }, (_, i) => compareChain(i)).filter((d) => d);
    expect(done.length).toBeGreaterThan(cases);
  });
  test.each([...table.values()].map((row) => [row.name, row] as const))('%s', (_, row) => {
    const counts = { same: 0, refused: 0, 'by its text': 0 };
    for (let i = 0; i < cases; i++) counts[compare(row, i)]++;
    expect(counts.same).toBeGreaterThan(cases / 10);
  });
});
