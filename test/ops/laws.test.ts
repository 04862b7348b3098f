/** Laws that relate rows to each other and to themselves, quantified over the samples of the table. */
import { describe, expect, it } from 'vitest';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { square, withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import type { ShapeFault } from '../../src/ops/row.ts';
import { table } from '../../src/ops/table.ts';
import { channelsOf } from '../../src/ops/parts/rules.ts';
import {
  freeAxis,
  image,
  mapType,
  sameType,
  unknownType,
  type TensorType,
} from '../../src/ops/types.ts';
import {
  cases,
  casesOf,
  distance,
  inputsFor,
  noise,
  shapeIn,
  sized,
  titleOf,
  weightsFor,
} from './cases.ts';

const reordered = <A>(items: readonly A[]): readonly A[] => [...items.slice(1), items[0]];

/** Image b of a batch, as a batch of one. */
const imageOf = (t: Tensor, b: number): Tensor => {
  const each = t.data.length / t.shape[0];
  return tensor([1, ...t.shape.slice(1)], t.data.subarray(b * each, (b + 1) * each));
};

describe('every row', () => {
  it('treats a batch of two as two batches of one', () => {
    for (const c of cases) {
      const inputs = inputsFor(c.inputs, 2);
      const weights = weightsFor(c.row, c.args, c.inputs);
      const both = c.row.reference(c.args, inputs, weights);
      for (const b of [0, 1]) {
        const one = c.row.reference(
          c.args,
          inputs.map((x) => imageOf(x, b)),
          weights,
        );
        expect(distance(one, imageOf(both, b)), c.title).toBe(0);
      }
    }
  });

  it('has the weights that it reads, and no others', () => {
    for (const c of cases) {
      const read = new Set<string>();
      const weights = new Proxy(weightsFor(c.row, c.args, c.inputs), {
        get: (all, name) => {
          if (typeof name === 'string' && name in all) read.add(name);
          return typeof name === 'string' ? all[name] : undefined;
        },
      });
      c.row.reference(c.args, inputsFor(c.inputs, 1), weights);
      const declared = c.row.weights(c.args, c.inputs).map((w) => w.name);
      expect([...read].sort(), c.title).toEqual([...declared].sort());
    }
  });

  it('knows its weights from the channels alone', () => {
    for (const c of cases) {
      const elsewhere = c.inputs.map((t) =>
        t.tag === 'map' ? mapType(freeAxis('h'), 'unknown', t.c) : t,
      );
      expect(c.row.weights(c.args, elsewhere)).toEqual(c.row.weights(c.args, c.inputs));
    }
  });

  it('finds no fault in what is unknown, and guesses nothing', () => {
    for (const c of cases)
      for (const blurred of blurs(c.inputs)) {
        const shape = shapeIn(c.row, c.args, blurred);
        const title = titleOf(c.row, c.args, blurred);
        expect(sameType(shape.type, shapeIn(c.row, c.args, c.inputs).type), title).toBe(true);
        expect(shape.conditions, title).toEqual([]);
        const asked = c.row.weights(c.args, blurred);
        expect([[], c.row.weights(c.args, c.inputs)], title).toContainEqual(asked);
      }
  });

  it('gives one result for every order of inputs if it commutes', () => {
    for (const c of cases.filter((it) => it.row.commutes)) {
      const inputs = inputsFor(c.inputs, 2);
      const there = c.row.reference(c.args, inputs, {});
      expect(distance(there, c.row.reference(c.args, reordered(inputs), {}))).toBeLessThan(1e-15);
      const type = shapeIn(c.row, c.args, reordered(c.inputs)).type;
      expect(sameType(type, shapeIn(c.row, c.args, c.inputs).type)).toBe(true);
    }
  });

  it('declares parameters without defaults first, and defaults that exist', () => {
    for (const row of table.values()) {
      const required = row.params.map((p) => p.default === undefined);
      expect(required, row.name).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
      row.params.forEach((p, i) => {
        if (p.default?.tag !== 'as') return;
        const { parameter } = p.default;
        expect(row.params.slice(0, i).map((q) => q.name)).toContain(parameter);
      });
    }
  });

  it('tests every parameter at its default and at another value', () => {
    for (const row of table.values())
      for (const p of row.params) {
        const values = new Set(row.samples.map((s) => JSON.stringify(s.args[p.name])));
        expect(values.size, `${row.name} ${p.name}`).toBeGreaterThan(1);
      }
  });
});

/** The inputs with something unknown in them. */
const blurs = (inputs: readonly TensorType[]): readonly (readonly TensorType[])[] =>
  inputs.flatMap((t, i) => {
    const instead = (other: TensorType) => inputs.map((u, j) => (i === j ? other : u));
    if (t.tag === 'unknown') return [];
    const noChannels = instead({ ...t, c: 'unknown' });
    if (t.tag === 'vector') return [instead(unknownType), noChannels];
    return [
      instead(unknownType),
      noChannels,
      instead(mapType('unknown', t.w, t.c)),
      instead(mapType(t.h, 'unknown', t.c)),
    ];
  });

it('has a mistake for every fault', () => {
  const faults: Record<ShapeFault['tag'], true> = {
    rank: true,
    groups: true,
    channels: true,
    size: true,
    cut: true,
    'pool padding': true,
    'join rank': true,
    'join channels': true,
    free: true,
    'too long': true,
  };
  const made = new Set([...table.values()].flatMap((row) => row.mistakes.map((m) => m.fault)));
  expect([...made].sort()).toEqual(Object.keys(faults).sort());
});

describe('multiply–adds', () => {
  /** Over ones, each multiply–add of a layer without padding adds 1 to the sum of its results. */
  it.each(['conv', 'depthwise', 'deconv', 'fc'])('of %s are as many as are executed', (name) => {
    for (const c of casesOf(name)) {
      const args: Args = { ...c.args, ...('pad' in c.args ? { pad: 'valid' } : {}), bias: false };
      const [x] = c.inputs;
      const shape = shapeIn(c.row, args, [x]).type;
      const size = sized(shape, 1);
      if (size.some((n) => n < 1)) continue;
      const ones = (s: readonly number[]): Tensor => ({
        shape: s,
        data: new Float64Array(elements(s)).fill(1),
      });
      const [kernel] = c.row.weights(args, [x]);
      const y = c.row.reference(args, [ones(sized(x, 1))], { kernel: ones(kernel.shape) });
      const { at, each } = c.row.macs(args, [x]);
      const [, ...place] = at === 'input' ? sized(x, 1) : size;
      const pixels = elements(place.slice(0, -1));
      expect(
        y.data.reduce((a, b) => a + b, 0),
        c.title,
      ).toBe(each * pixels);
    }
  });

  it('are none without weights to multiply by', () => {
    for (const c of cases)
      if (c.row.weights(c.args, c.inputs).every((w) => w.name !== 'kernel'))
        expect(c.row.macs(c.args, c.inputs).each).toBe(0);
  });
});

/** The input rows that change output row `o`, over all of them, as first and last. */
const seenBy = (
  run: (x: Tensor) => Tensor,
  x: Tensor,
  axis: 1 | 2,
): readonly (readonly [first: number, last: number] | undefined)[] => {
  const before = run(x);
  const seen = Array.from({ length: before.shape[axis] }, (): number[] => []);
  const along = (t: Tensor, i: number): number => {
    const inner = elements(t.shape.slice(axis + 1));
    return Math.floor(i / inner) % t.shape[axis];
  };
  for (let r = 0; r < x.shape[axis]; r++) {
    const touched = {
      shape: x.shape,
      data: x.data.map((v, i) => (along(x, i) === r ? 20 + 3 * v : v)),
    };
    const after = run(touched);
    after.data.forEach((v, i) => {
      if (v !== before.data[i]) seen[along(after, i)].push(r);
    });
  }
  return seen.map((rows) =>
    rows.length === 0 ? undefined : [Math.min(...rows), Math.max(...rows)],
  );
};

it('reads the pixels that its field says', () => {
  for (const row of table.values()) {
    if (row.inputs.tag === 'join') continue;
    for (const { args, inputs } of row.samples) {
      const c = channelsOf(inputs[0]);
      if (inputs[0].tag !== 'map' || typeof c !== 'number') continue;
      if (args['scale'] === 49) continue; // a large map, for rounding
      const x = [image(19, 17, c)];
      const field = row.field(args, x);
      if (field === 'whole') continue;
      const weights = weightsFor(row, args, x);
      const run = (t: Tensor): Tensor => row.reference(args, [t], weights);
      const map = noise(sized(x[0], 1));
      for (const [axis, { rise, phases, run: runOf }] of [
        [1, field.h],
        [2, field.w],
      ] as const) {
        const all = seenBy(run, map, axis);
        if (all.every((s) => s === undefined)) {
          // of one channel alone these make a constant
          expect(['softmax', 'layernorm']).toContain(row.name);
          expect(c).toBe(1);
          continue;
        }
        // the border takes pixels away
        all.forEach((seen, u) => {
          const run = runOf(u % phases);
          const from = run.first + rise * Math.floor(u / phases);
          const read = Array.from({ length: run.count }, (_, t) => from + run.step * t).filter(
            (pixel) => pixel >= 0 && pixel < map.shape[axis],
          );
          const title = `${titleOf(row, args, x)} along axis ${axis}, pixel ${u}`;
          expect(seen, title).toEqual(
            read.length === 0 ? undefined : [read[0], read[read.length - 1]],
          );
        });
      }
    }
  }
});

it('changes the channels that it says', () => {
  for (const row of table.values()) {
    if (row.inputs.tag === 'join') continue;
    for (const { args, inputs } of row.samples) {
      const [x] = inputs;
      const c = channelsOf(x);
      if (x.tag !== 'map' || typeof c !== 'number' || args['scale'] === 49) continue;
      const map = noise([1, 9, 8, c]);
      const weights = weightsFor(row, args, [image(9, 8, c)]);
      const before = row.reference(args, [map], weights);
      const count = before.shape[before.shape.length - 1];
      for (let i = 0; i < c; i++) {
        const data = map.data.map((v, at) => (at % c === i ? 20 + 3 * v : v));
        const after = row.reference(args, [{ shape: map.shape, data }], weights);
        const changed = new Set<number>();
        after.data.forEach((v, at) => {
          if (v !== before.data[at]) changed.add(at % count);
        });
        const band = row.changes?.(args, { from: i, to: i + 1 }, c) ?? { from: 0, to: count };
        for (const channel of changed)
          expect(channel >= band.from && channel < band.to, titleOf(row, args, inputs)).toBe(true);
        // a rectifier may keep a channel as it is
        if (row.elementwise !== true && row.changes !== undefined && before.shape.length === 4)
          expect(changed.size, titleOf(row, args, inputs)).toBe(Math.max(0, band.to - band.from));
      }
    }
  }
});

it('weights start as documented', () => {
  const [kernel, bias] = weightSpecs('conv', { size: square(3), channels: 8, groups: 2 }, 4);
  expect(kernel).toEqual({
    name: 'kernel',
    shape: [3, 3, 2, 8],
    initial: { tag: 'drawn', fans: { in: 18, out: 36 } },
    trained: true,
  });
  expect(bias.initial).toEqual({ tag: 'constant', value: 0 });
  const norm = weightSpecs('batchnorm', {}, 4);
  expect(norm.map((w) => [w.name, w.shape, w.initial, w.trained])).toEqual([
    ['gamma', [4], { tag: 'constant', value: 1 }, true],
    ['beta', [4], { tag: 'constant', value: 0 }, true],
    ['mean', [4], { tag: 'constant', value: 0 }, false],
    ['variance', [4], { tag: 'constant', value: 1 }, false],
  ]);
  const [deconv] = weightSpecs('deconv', { size: square(4), channels: 6, stride: square(2) }, 5);
  expect([deconv.shape, deconv.initial]).toEqual([
    [4, 4, 6, 5],
    { tag: 'drawn', fans: { in: 20, out: 96 } },
  ]);
  const [depthwise] = weightSpecs('depthwise', { size: square(3), multiplier: 2 }, 5);
  expect(depthwise.initial).toEqual({ tag: 'drawn', fans: { in: 9, out: 18 } });
  const [fc] = weightSpecs('fc', { units: 7 }, 5);
  expect(fc.initial).toEqual({ tag: 'drawn', fans: { in: 5, out: 7 } });
});

const weightSpecs = (op: string, args: Args, c: number) => {
  const row = table.get(op);
  return row === undefined ? [] : row.weights(withDefaults(row.params, args), [image(8, 8, c)]);
};
