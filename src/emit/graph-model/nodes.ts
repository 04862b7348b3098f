/** A program as the nodes of a TensorFlow graph, NHWC, under the names that the GraphModel loader maps. */
import { absurd, Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Call, Program } from '../../lower/kernels.ts';
import type { WeightExpr } from '../../kernel/kernel.ts';
import {
  flag,
  float,
  integer,
  integers,
  real,
  tensorShape,
  text,
  texts,
  type,
  type Attributes,
  type DataType,
  type NodeDef,
} from './attributes.ts';
import { kept, samePaddings, sizeOf, type Linear, type SizeWriter } from './sizes.ts';

/** What a Const holds: numbers that are there already, or ones that come from the weights. */
export type Stored = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly value:
    | { readonly tag: 'data'; readonly data: Float32Array | Int32Array }
    | { readonly tag: 'weight'; readonly value: WeightExpr };
};

export type Nodes = {
  readonly input: string; // names of nodes
  readonly outputs: readonly { readonly name: string; readonly node: string }[];
  readonly nodes: readonly NodeDef[];
  readonly stored: readonly Stored[];
};

/** `shape` is that of the input with −1 for the batch and for free sizes. */
export const nodesOf = (program: Program, shape: readonly number[]): Nodes => {
  const nodes: NodeDef[] = [];
  const stored: Stored[] = [];
  const unique = uniqueNames();
  const names = new Map<ValueId, string>();
  const named = (id: ValueId): string => {
    const name = names.get(id);
    if (name === undefined) throw new Bug(`value ${id} of ${program.net} has no node`);
    return name;
  };
  const add = (name: string, op: string, input: readonly string[], attr: Attributes): string => {
    const node = unique(name);
    nodes.push({ name: node, op, input, attr });
    return node;
  };
  const constant = (name: string, value: Omit<Stored, 'name'>): string => {
    const dtype: DataType = value.dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32';
    const tensor = { dtype, tensorShape: tensorShape(value.shape) };
    const node = add(name, 'Const', [], { dtype: type(dtype), value: { tensor } });
    stored.push({ ...value, name: node });
    return node;
  };
  // shapes, axes and the like are stored once each; no part of a path has a hyphen
  const known = new Map<string, string>();
  const whole = (shape: readonly number[], numbers: readonly number[]): string => {
    const key = `${shape.join()}:${numbers.join()}`;
    const node =
      known.get(key) ??
      constant('constant-1', {
        shape,
        dtype: 'int32',
        value: { tag: 'data', data: Int32Array.from(numbers) },
      });
    known.set(key, node);
    return node;
  };

  const input = add('input', 'Placeholder', [], {
    dtype: float,
    shape: { shape: tensorShape(shape) },
  });
  names.set(program.input.id, input);
  const outputs = program.outputs.map(({ name, id }) => ({ name, id, node: unique(name) }));
  for (const { id, name, shape, value } of program.weights)
    names.set(id, constant(name, { shape, dtype: 'float32', value: { tag: 'weight', value } }));
  for (const { id, shape, data } of program.constants)
    names.set(
      id,
      constant('constant-1', { shape, dtype: 'float32', value: { tag: 'data', data } }),
    );
  const shapes = new Map([...program.weights, ...program.constants].map((w) => [w.id, w.shape]));
  const shapeAt = (id: ValueId): readonly number[] => {
    const shape = shapes.get(id);
    if (shape === undefined) throw new Bug(`value ${id} of ${program.net} is not stored`);
    return shape;
  };
  const writer: Writer = { add, constant, whole, shape: shapeAt };
  for (const call of program.calls)
    names.set(call.output, write(call, call.inputs.map(named), writer));
  for (const { id, node } of outputs)
    nodes.push({ name: node, op: 'Identity', input: [named(id)], attr: { T: float } });
  return { input, outputs: outputs.map(({ name, node }) => ({ name, node })), nodes, stored };
};

type Writer = SizeWriter & {
  /** of a stored tensor */
  readonly shape: (id: ValueId) => readonly number[];
  readonly constant: (name: string, value: Omit<Stored, 'name'>) => string;
};

/** Adds the node of one call, with the constants it needs, and gives its name. */
const write = (
  { kernel, path, inputs: ids }: Call,
  inputs: readonly string[],
  to: Writer,
): string => {
  const [x = '', y = ''] = inputs;
  const add = (op: string, input = inputs, attr: Attributes = {}): string =>
    to.add(`${path}/${op}`, op, input, { T: float, ...attr });
  const list = (numbers: readonly number[]): string => to.whole([numbers.length], numbers);
  const scalar = (n: number): string => {
    const value = { tag: 'data', data: Float32Array.of(n) } as const;
    return to.constant('constant-1', { shape: [], dtype: 'float32', value });
  };
  switch (kernel.op) {
    case 'Conv2D':
    case 'DepthwiseConv2dNative':
      return add(kernel.op, inputs, windowing(kernel));
    case 'MatMul':
      return add('MatMul', inputs, untransposed);
    case 'Fused': {
      const { product, activation } = kernel;
      const fused: Attributes = {
        num_args: integer(1),
        fused_ops: texts(['BiasAdd', ...(activation === undefined ? [] : [activation.op])]),
        leakyrelu_alpha: real(activation?.op === 'LeakyRelu' ? activation.alpha : 0.2),
      };
      if (product.op === 'MatMul')
        return add('_FusedMatMul', inputs, { ...untransposed, ...fused });
      const op = product.op === 'Conv2D' ? '_FusedConv2D' : 'FusedDepthwiseConv2dNative';
      return add(op, inputs, { ...windowing(product), ...fused });
    }
    case 'Conv2DBackpropInput': {
      const [rows, columns, units] = to.shape(ids[1]!);
      const along = (window: number, stride: number): Linear => ({
        times: stride,
        plus: kernel.padding === 'SAME' ? 0 : window - stride,
      });
      const axes = [kept, along(rows!, kernel.strides[0]), along(columns!, kernel.strides[1])];
      const size = sizeOf(to, path, x, 0, axes, [units!]);
      return add('Conv2DBackpropInput', [size, y, x], windowing({ ...kernel, dilations: [1, 1] }));
    }
    case 'MaxPool':
    case 'AvgPool':
      return add(kernel.op, inputs, {
        ksize: integers([1, ...kernel.window, 1]),
        strides: integers([1, ...kernel.strides, 1]),
        padding: text(kernel.padding),
        data_format: text('NHWC'),
      });
    case 'Mean':
      return add('Mean', [x, list([1, 2])], { keep_dims: flag(false) });
    case 'FusedBatchNormV3':
      return add('FusedBatchNormV3', inputs, {
        epsilon: real(kernel.epsilon),
        is_training: flag(false),
        data_format: text('NHWC'),
      });
    case 'LRN':
      return add('LRN', inputs, {
        depth_radius: integer(kernel.radius),
        bias: real(kernel.bias),
        alpha: real(kernel.alpha),
        beta: real(kernel.beta),
      });
    case 'PadV2': {
      const paddings = to.whole([kernel.paddings.length, 2], kernel.paddings.flat());
      return add('PadV2', [x, paddings, scalar(kernel.value)]);
    }
    case 'PadSame':
      return add('PadV2', [x, samePaddings(to, path, x, kernel), scalar(0)]);
    case 'Reshape':
      return add('Reshape', [x, list([-1, ...kernel.shape])]);
    case 'Slice': {
      const [begin, size] = [
        [0, ...kernel.begin],
        [-1, ...kernel.size],
      ];
      if (size.every((n) => n >= -1)) return add('Slice', [x, list(begin), list(size)]);
      // an end before the last is negative, and where there is none its bit is in the mask
      const end = size.map((n, i) => (n < 0 ? n + 1 : begin[i]! + n));
      const open = end.reduce((mask, n, i) => (n === 0 ? mask + 2 ** i : mask), 0);
      return add('StridedSlice', [x, list(begin), list(end), list(begin.map(() => 1))], {
        Index: type('DT_INT32'),
        end_mask: integer(open),
      });
    }
    case 'ConcatV2':
      return add('ConcatV2', [...inputs, to.whole([], [-1])], { N: integer(inputs.length) });
    case 'LeakyRelu':
      return add('LeakyRelu', inputs, { alpha: real(kernel.alpha) });
    case 'ResizeNearestNeighbor':
    case 'ResizeBilinear': {
      const along: Linear = { times: kernel.scale, plus: 0 };
      return add(kernel.op, [x, sizeOf(to, path, x, 1, [along, along])], {
        half_pixel_centers: flag(true),
        align_corners: flag(false),
      });
    }
    case 'BiasAdd':
      return add('BiasAdd', inputs, { data_format: text('NHWC') });
    case 'AddV2':
    case 'Sub':
    case 'Mul':
    case 'RealDiv':
    case 'Pow':
    case 'Relu':
    case 'Relu6':
    case 'Sigmoid':
    case 'Tanh':
    case 'Softmax':
    case 'Square':
    case 'OnesLike':
    case 'Erf':
    case 'Softplus':
      return add(kernel.op);
    default:
      return absurd(kernel);
  }
};

type Windowed = {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
};

const windowing = ({ strides, dilations, padding }: Windowed): Attributes => ({
  strides: integers([1, ...strides, 1]),
  dilations: integers([1, ...dilations, 1]),
  padding: text(padding),
  data_format: text('NHWC'),
});

const untransposed: Attributes = { transpose_a: flag(false), transpose_b: flag(false) };

/** Gives each name, or `name-2` and so on where it is taken. */
const uniqueNames = (): ((name: string) => string) => {
  const counts = new Map<string, number>();
  return (name) => {
    const base = name.replace(/-\d+$/, '');
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    return count === 1 ? name : `${base}-${count}`;
  };
};
