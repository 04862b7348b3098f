/** A program as the nodes of a TensorFlow graph, NHWC, under the names that the GraphModel loader maps. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { WeightPart } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { isForInference } from '../../kernel/table.ts';
import type { Call, KernelProgram, Port } from '../../lower/kernels.ts';
import { shapesOf } from '../../lower/plan.ts';
import { float, tensorShape, type, type DataType, type NodeDef } from './attributes.ts';
import { writeKernel, type Site } from './operations.ts';
import { pixelChannels, preparePixels, type Pixels } from './pixels.ts';
import type { SizeWriter } from './sizes.ts';

/** What a Const holds: numbers that are there already, or ones that come from the weights. */
export type Stored = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly value:
    | { readonly tag: 'data'; readonly data: Float32Array | Int32Array }
    | { readonly tag: 'weight'; readonly value: WeightPart };
};

/** Where numbers come in or go out: a node, and its shape with −1 for the batch and for free sizes. */
export type End = {
  readonly name: string;
  readonly node: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
};

export type Nodes = {
  readonly inputs: readonly End[];
  readonly outputs: readonly End[];
  readonly nodes: readonly NodeDef[];
  readonly stored: readonly Stored[];
};

/** A graph while it is written. */
type Writer = SizeWriter & {
  readonly nodes: NodeDef[];
  readonly stored: Stored[];
  /** a name that is not taken */
  readonly unique: (name: string) => string;
  /** adds a Const and gives its name */
  readonly constant: (name: string, value: Omit<Stored, 'name'>) => string;
  /** the name of a Const of floats */
  readonly reals: (shape: readonly number[], numbers: Iterable<number>) => string;
};

const newWriter = (): Writer => {
  const nodes: NodeDef[] = [];
  const stored: Stored[] = [];
  const unique = uniqueNames();
  const add: Writer['add'] = (name, op, input, attr) => {
    const node = unique(name);
    nodes.push({ name: node, op, input, attr });
    return node;
  };
  const constant: Writer['constant'] = (name, value) => {
    const dtype: DataType = value.dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32';
    const tensor = { dtype, tensorShape: tensorShape(value.shape) };
    const node = add(name, 'Const', [], { dtype: type(dtype), value: { tensor } });
    stored.push({ ...value, name: node });
    return node;
  };
  // shapes, axes and the like are stored once each; no part of a path has a hyphen
  const known = new Map<string, string>();
  const whole: Writer['whole'] = (shape, numbers) => {
    const key = `${shape.join()}:${numbers.join()}`;
    const value = { tag: 'data', data: Int32Array.from(numbers) } as const;
    const node = known.get(key) ?? constant('constant-1', { shape, dtype: 'int32', value });
    known.set(key, node);
    return node;
  };
  const reals: Writer['reals'] = (shape, numbers) =>
    constant('constant-1', {
      shape,
      dtype: 'float32',
      value: { tag: 'data', data: Float32Array.from(numbers) },
    });
  return { nodes, stored, unique, add, constant, whole, reals };
};

/** The shape of every value of one image, where no size is free. */
const fixedShapes = (program: KernelProgram): ReadonlyMap<ValueId, Shape> => {
  const inputs = program.inputs.map(({ id, shape }) => [
    ...(program.values[id]!.batched ? [1] : []),
    ...shape.flatMap((n) => (n === undefined ? [] : [n])),
  ]);
  const isFixed = program.inputs.every(({ shape }) => shape.every((n) => n !== undefined));
  return isFixed ? shapesOf(program, inputs) : new Map();
};

/** Where a call is written. */
const siteOf = (
  { path, operands }: Call,
  program: KernelProgram,
  shapes: ReadonlyMap<ValueId, Shape>,
  { add, whole, reals }: Writer,
  named: (id: ValueId) => string,
): Site => ({
  path,
  inputs: operands.map(({ id }) => named(id)),
  batched: operands.map(({ id }) => program.values[id]!.batched),
  lengthOf: (index, axis) => {
    const { id } = operands[index]!;
    return program.values[id]!.batched && axis === 0 ? undefined : shapes.get(id)?.[axis];
  },
  stored: (index) => {
    const { id } = operands[index]!;
    const found = [...program.state, ...program.constants].find((w) => w.id === id);
    if (found === undefined) throw new Bug(`value ${id} of ${program.net} is not stored`);
    return found.shape;
  },
  sizes: { add, whole },
  add: (op, input, attr = {}) => add(`${path}/${op}`, op, input, { T: float, ...attr }),
  list: (integers) => whole([integers.length], integers),
  whole,
  scalar: (n) => reals([], [n]),
});

/** The nodes of a program, whose state must stay as it is; its input may be made of pixels. */
export const nodesOf = (program: KernelProgram, pixels?: Pixels): Nodes => {
  if (program.state.some((s) => s.next !== undefined))
    throw new Bug(`${program.net} changes its state, which a GraphModel cannot`);
  const to = newWriter();
  const shapes = fixedShapes(program);
  const names = new Map<ValueId, string>();
  const named = (id: ValueId): string => {
    const name = names.get(id);
    if (name === undefined) throw new Bug(`value ${id} of ${program.net} has no node`);
    return name;
  };
  const endOf = ({ name, id, shape }: Port, node: string): End => {
    const batch = program.values[id]!.batched ? [-1] : [];
    return { name, node, dtype: 'DT_FLOAT', shape: [...batch, ...shape.map((n) => n ?? -1)] };
  };
  const placed = (end: End): End => {
    const attr = { dtype: type(end.dtype), shape: { shape: tensorShape(end.shape) } };
    to.nodes.push({ name: end.node, op: 'Placeholder', input: [], attr });
    return end;
  };
  const inputs = program.inputs.map((port): End => {
    const end = endOf(port, to.unique(port.name));
    if (pixels === undefined) {
      names.set(port.id, end.node);
      return placed(end);
    }
    const shape = [...end.shape.slice(0, -1), pixelChannels];
    const bytes = placed({ ...end, dtype: 'DT_INT32', shape });
    names.set(port.id, preparePixels(to, bytes.node, pixels));
    return bytes;
  });
  const outputs = program.outputs.map((port) => endOf(port, to.unique(port.name)));
  for (const { id, path, shape, initial } of program.state) {
    const value = { tag: 'weight', value: initial } as const;
    names.set(id, to.constant(path, { shape, dtype: 'float32', value }));
  }
  for (const { id, shape, data } of program.constants) names.set(id, to.reals(shape, data));
  for (const call of program.calls) {
    if (!isForInference(call.kernel))
      throw new Bug(`${program.net} has ${call.kernel.op}, which a GraphModel has not`);
    writeKernel(call.kernel, siteOf(call, program, shapes, to, named)).forEach((name, i) =>
      names.set(call.outputs[i]!, name),
    );
  }
  outputs.forEach(({ node }, i) => {
    const input = [named(program.outputs[i]!.id)];
    to.nodes.push({ name: node, op: 'Identity', input, attr: { T: float } });
  });
  return { inputs, outputs, nodes: to.nodes, stored: to.stored };
};

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
