/** Rows of layers whose result has the type of their input: functions of one number and their like. */
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../numeric/tensor.ts';
import type { Args } from '../params.ts';
import type { Operator, Sample } from '../row.ts';
import { keeping as symbolic } from '../symbolic/rules.ts';
import { freeAxis, image, mapType, vectorType } from '../types.ts';
import { alone, channelwise, noMacs, noWeights, perOutput, pointwise } from '../parts/rules.ts';

type Weights = { readonly [name: string]: Tensor };

/** What differs between layers that keep the type of their input. */
type Keeping = Pick<Operator, 'doc' | 'examples' | 'elementwise' | 'scales' | 'rectifies'> &
  Pick<Operator, 'identity' | 'training' | 'sumsToOne' | 'fills'> &
  Partial<Pick<Operator, 'family' | 'params' | 'weights' | 'symbolic'>> & {
    readonly flops: number;
    readonly value: (args: Args, x: Tensor, weights: Weights) => Tensor;
    readonly lower: Operator['lower'];
    readonly args?: readonly Args[]; // arguments to test; none are given if this is left out
  };

const inputs: Sample['inputs'] = [
  image(3, 4, 3),
  vectorType(5),
  image(2, 1, 1),
  mapType(freeAxis('h'), freeAxis('w'), 3),
];

/** A row whose result has the type of its input, whatever that is. */
export const keeping = ({ flops, value, args: tested = [{}], ...it }: Keeping): Operator => ({
  family: 'activation',
  params: [],
  weights: noWeights,
  symbolic,
  ...it,
  ...(it.elementwise === true ? { changes: channelwise } : {}),
  inputs: { tag: 'one' },
  shape: (_, [x]) => E.right(alone(x)),
  macs: noMacs,
  extraFlops: () => perOutput(flops),
  field: () => pointwise,
  reference: (args, [x], weights) => value(args, x, weights),
  samples: tested.flatMap((args) => inputs.map((x) => ({ args, inputs: [x] }))),
  mistakes: [],
});

/** f of each number by itself. */
export const each =
  (f: (x: number, args: Args) => number): Keeping['value'] =>
  (args, x) => ({ shape: x.shape, data: x.data.map((v) => f(v, args)) });
