/** The fully connected layer. */
import * as E from 'fp-ts/lib/Either.js';
import { zeros } from '../../numeric/tensor.ts';
import { count, flag, number } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { scalar, times } from '../../kernel/formulas.ts';
import { input, kernel, weight, type Lowered } from '../../kernel/kernel.ts';
import { addBias } from '../parts/loops.ts';
import { biased, nearlySquare } from '../parts/lowering.ts';
import { addProduct, matrix } from '../parts/product.ts';
import type { Operator } from '../row.ts';
import * as symbolic from '../symbolic/rules.ts';
import { countIn } from '../symbolic/windows.ts';
import {
  countOf,
  kernelAndBias,
  onVector,
  perChannels,
  perOutput,
  pointwise,
} from '../parts/rules.ts';
import { image, vectorType } from '../types.ts';

/** A product adds more numbers than these one after the other on some engines, which loses their last digits. */
const MANY = 2 ** 16;
/** The most products of one image that are held at once to be added in parts. */
const MOST_HELD = 2 ** 26;

/** The sums as means of products, which every engine takes in parts: a vector is a map of one channel. */
const inParts = (c: number, units: number): Lowered => {
  const map = nearlySquare(c);
  const shape = [...map, units];
  const weights = { tag: 'reshape', of: { tag: 'weight', name: 'kernel' }, shape } as const;
  const x = kernel({ op: 'Reshape', shape: [...map, 1] }, input(0));
  const products = times(x, { tag: 'weights', value: weights });
  return times(kernel({ op: 'Mean' }, products), scalar(c));
};

/** y[j] = bias[j] + Σ x[i] · kernel[i, j] */
const fc: Operator = {
  family: 'dense',
  doc: `A fully connected layer over a vector.

y[j] = bias[j] + Σ over i of x[i] · kernel[i, j]. A map needs \`flatten\` or \`gap\` first: its weights must not
depend on the size of the image.

Keras’s \`Dense\`, PyTorch’s \`Linear\`, whose weight is [out, in].`,
  examples: ['fc-1000 : [4096] -> [1000]', '(flatten; fc-10) : [4, 4, 16] -> [10]'],
  inputs: { tag: 'one' },
  projects: 'vector',
  fills: { order: 5, args: (units) => ({ units }) },
  torchKernel: '[out, in]',
  params: [
    declare.count('units', 'how many numbers come out'),
    declare.flag('bias', 'whether a number is added to each unit', true),
  ],
  shape: (args, [x]) => onVector(x, () => E.right(vectorType(count(args, 'units')))),
  weights: (args, [x]) =>
    perChannels(x, (c) => {
      const n = number(args, 'units');
      return kernelAndBias([c, n], { in: c, out: n }, flag(args, 'bias'), n);
    }),
  symbolic: {
    type: (_, args, [x]) =>
      x?.tag === 'vector' ? symbolic.free({ tag: 'vector', c: countIn(args['units']) }) : undefined,
    weights: (_, args, { c }) => {
      const n = countIn(args['units']);
      return symbolic.kernelAndBias(args, [c, n], n);
    },
  },
  macs: (args, [x]) => ({ at: 'output', each: countOf(x) * number(args, 'units') }),
  extraFlops: (args) => perOutput(flag(args, 'bias') ? 1 : 0),
  field: () => pointwise,
  reference: (_, [x], { kernel: k, bias: b }) => {
    const [batch, c] = x.shape;
    const n = k.shape[1];
    const out = zeros([batch, n]);
    addProduct(matrix(out.data, batch, n), matrix(x.data, batch, c), matrix(k.data, c, n));
    return addBias(out, b);
  },
  lower: (args, { inputs: [x] }) => {
    const [c, units] = [countOf(x), number(args, 'units')];
    return biased(args)(
      c > MANY && c * units <= MOST_HELD
        ? inParts(c, units)
        : kernel({ op: 'MatMul' }, input(0), weight('kernel')),
    );
  },
  samples: [
    { args: { units: 5 }, inputs: [vectorType(3)] },
    { args: { units: 1, bias: false }, inputs: [vectorType(4)] },
    { args: { units: 3 }, inputs: [vectorType(1)] },
  ],
  mistakes: [{ args: { units: 5 }, inputs: [image(2, 2, 3)], fault: 'rank' }],
};

/** Layers over vectors. */
export const dense = { fc };
