/**
 * The law of receptive fields: for any net, the number of pixels from the first to the last that can change one pixel of
 * the output, the largest over its pixels, is what netc says; and so is the stride.
 */
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph, GraphNode } from '../../src/graph/graph.ts';
import { elements, type Tensor } from '../../src/numeric/tensor.ts';
import { rowOf } from '../../src/ops/table.ts';
import { image, shapeOf, type TensorType } from '../../src/ops/types.ts';
import { lastFieldOf } from '../../src/typecheck/net/receptive.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { noise, weightFor } from '../ops/cases.ts';
import { codes, netOf } from './program.ts';
import { randomField } from './random-fields.ts';

const deep = process.env['NETC_DEEP'] !== undefined;

/**
 * What a layer computes here: of the same numbers, but so that each of them counts. Of a maximum it is the mean, a
 * function of one number is left out, and a softmax mixes the channels of a pixel without ever being full.
 */
const computed = (node: GraphNode, inputs: readonly Tensor[], seed: number): Tensor => {
  const row = rowOf(node.op);
  const [x] = inputs;
  if (row.elementwise === true) return x!;
  if (row.name === 'softmax') {
    const c = x!.shape.at(-1)!;
    const total = (i: number): number =>
      x!.data.subarray(i - (i % c), i - (i % c) + c).reduce((a, b) => a + b, 0);
    return { shape: x!.shape, data: x!.data.map((v, i) => v + total(i) / 3) };
  }
  if (row.name === 'maxpool')
    return rowOf('avgpool').reference({ ...node.args, include_pad: false }, inputs, {});
  const weights = node.weights.map((w, i) => [w.spec.name, weightFor(w.spec, seed + i)] as const);
  return row.reference(node.args, inputs, Object.fromEntries(weights));
};

const outputFor = (graph: Graph, input: Tensor): Tensor => {
  const values = [input];
  for (const node of graph.nodes)
    values.push(
      computed(
        node,
        node.inputs.map((id) => values[id]!),
        31 * node.id,
      ),
    );
  return values[graph.outputs[0]!.id]!;
};

/** The input rows or columns that change pixel (u, v) of the output, from the first to the last; the most of them. */
const mostSeen = (graph: Graph, type: TensorType, axis: 1 | 2): number => {
  const shape = shapeOf(type, 1)!;
  const plain = noise(shape, 5);
  const inner = elements(shape.slice(axis + 1));
  const before = outputFor(graph, plain);
  const c = before.shape.at(-1)!;
  const first = new Float64Array(before.data.length / c).fill(Infinity);
  const last = new Float64Array(before.data.length / c).fill(-Infinity);
  for (let r = 0; r < shape[axis]!; r++) {
    const data = plain.data.map((x, i) =>
      Math.floor(i / inner) % shape[axis]! === r ? 5 + 3 * x : x,
    );
    const after = outputFor(graph, { shape, data });
    after.data.forEach((x, i) => {
      if (x === before.data[i]) return;
      const pixel = Math.floor(i / c);
      first[pixel] = Math.min(first[pixel]!, r);
      last[pixel] = Math.max(last[pixel]!, r);
    });
  }
  return first.reduce((most, f, i) => Math.max(most, last[i]! - f + 1), 0);
};

const netFor = (body: string, type: TensorType): TypedNet => {
  const [, h, w, c] = shapeOf(type, 1)!;
  return netOf(`net N : [${h}, ${w}, ${c}] -> _ { ${body} }\n`);
};

const checkAxis = (
  { along, body, channels }: ReturnType<typeof randomField>,
  axis: 'h' | 'w',
): void => {
  // sizes are multiples of what the net divides by, and the period of what is seen divides them too
  const period = along === 'both' ? 36 : 144;
  const across = along === 'both' ? 36 : 1;
  const typeOf = (n: number): TensorType =>
    axis === 'h' ? image(n, across, channels) : image(across, n, channels);
  const { span, stride } = lastFieldOf(netFor(body, typeOf(period)).body)[axis];
  const measured = (n: number): number => {
    const net = netFor(body, typeOf(n));
    expect(lastFieldOf(net.body)[axis], body).toEqual({ span, stride });
    const output = shapeOf(net.output, 1)!;
    expect(n / output[axis === 'h' ? 1 : 2]!, body).toBe(stride.over / stride.under);
    return mostSeen(graphOfNet(net), typeOf(n), axis === 'h' ? 1 : 2);
  };
  if (Number.isFinite(span)) {
    expect(Number.isSafeInteger(span), body).toBe(true);
    const periods = Math.max(1, Math.ceil((span + 24) / period));
    expect(measured(periods * period), `${body} along ${axis}`).toBe(span);
  } else {
    expect(span).toBe(Infinity);
    // all but what the border loses, whatever the image
    expect(measured(2 * period) - measured(period), `${body} along ${axis}`).toBe(period);
  }
};

describe('the receptive field of a random net', () => {
  const count = deep ? 1000 : 40;
  it.each(Array.from({ length: count / 20 }, (_, i) => 20 * i))(
    'is that of brute force, for nets %i and on',
    (from) => {
      for (let seed = from; seed < from + 20; seed++) {
        const net = randomField(seed);
        if (net.along !== 'w') checkAxis(net, 'h');
        if (net.along !== 'h') checkAxis(net, 'w');
      }
    },
    600_000,
  );
});

describe('the receptive field', () => {
  it('is not a number where what is seen repeats too rarely', () => {
    const field = (body: string): number =>
      lastFieldOf(netOf(`net N : [2, 2, 1] -> _ { ${body} }\n`).body).h.span;
    const up = (n: number): string => `deconv(${n}x1, 1, stride = ${n}x1)`;
    expect(field(`${up(256)}; ${up(256)}; conv3-1`)).toBe(2);
    expect(field(`${up(256)}; ${up(257)}; conv3-1`)).toBeNaN();
    expect(codes('assert receptive(upsample(256); upsample(257)) == 1\n')).toEqual(['E0602']);
  });

  it('takes the places of `same` for a size that every stride divides', () => {
    const span = (size: string, body: string): number =>
      lastFieldOf(netOf(`net N : [${size}, 8, 1] -> _ { ${body} }\n`).body).h.span;
    const joined = 'conv(3, 2, stride = 2, pad = same) | conv(3, 2, stride = 2, pad = 1)';
    expect(span('64', joined)).toBe(4);
    expect(span('63', joined)).toBe(3);
    expect(span('h', joined)).toBe(4);
    expect(span('h', `conv(2, 1, pad = 0); ${joined}`)).toBe(4);
  });

  it('is that of each branch where only some pixels are made of the image', () => {
    // one branch is made of it in even columns, the other in odd ones
    const odd = 'deconv(1x1, 2, stride = 1x2, pad = valid)';
    const net = `(conv(1, 2, pad = [2, 0, 0, 0]); crop([0, 2, 0, 0]); ${odd}; pad([0, 0, 0, 1])) | (${odd}; pad([0, 0, 1, 0]))`;
    expect(lastFieldOf(netOf(`net N : [16, 16, 2] -> _ { ${net} }\n`).body).h.span).toBe(1);
  });
});
