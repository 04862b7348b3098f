/** A program as the nodes of a TensorFlow graph, NHWC, under the names that the GraphModel loader maps. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Kernels, Port as ProgramPort } from '../../lower/kernels.ts';
import type { WeightExpr } from '../../kernel/kernel.ts';
import {
  float,
  tensorShape,
  type,
  type Attributes,
  type DataType,
  type NodeDef,
} from './attributes.ts';
import { writeKernel, type Site } from './operations.ts';

/** What a Const holds: numbers that are there already, or ones that come from the weights. */
export type Stored = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly value:
    | { readonly tag: 'data'; readonly data: Float32Array | Int32Array }
    | { readonly tag: 'weight'; readonly value: WeightExpr };
};

/** Where numbers come in or go out: a node, and its shape with −1 for the batch and for free sizes. */
export type End = {
  readonly name: string;
  readonly node: string;
  readonly shape: readonly number[];
};

export type Nodes = {
  readonly inputs: readonly End[];
  readonly outputs: readonly End[];
  readonly nodes: readonly NodeDef[];
  readonly stored: readonly Stored[];
};

/** The nodes of a program, whose state must stay as it is. */
export const nodesOf = (program: Kernels): Nodes => {
  if (program.state.some((s) => s.next !== undefined))
    throw new Bug(`${program.net} changes its state, which a GraphModel cannot`);
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

  const sizesOf = ({ id, shape }: ProgramPort): readonly number[] => [
    ...(program.values[id]!.batched ? [-1] : []),
    ...shape.map((n) => n ?? -1),
  ];
  const inputs = program.inputs.map((port): End => {
    const shape = sizesOf(port);
    const attributes = { dtype: float, shape: { shape: tensorShape(shape) } };
    const node = add(port.name, 'Placeholder', [], attributes);
    names.set(port.id, node);
    return { name: port.name, node, shape };
  });
  const outputs = program.outputs.map((port) => ({
    ...port,
    node: unique(port.name),
    shape: sizesOf(port),
  }));
  for (const { id, path, shape, initial } of program.state) {
    const value = { tag: 'weight', value: initial } as const;
    names.set(id, constant(path, { shape, dtype: 'float32', value }));
  }
  for (const { id, shape, data } of program.constants) {
    const value = { tag: 'data', data: Float32Array.from(data) } as const;
    names.set(id, constant('constant-1', { shape, dtype: 'float32', value }));
  }
  const shapes = new Map([...program.state, ...program.constants].map((w) => [w.id, w.shape]));
  const shapeAt = (id: ValueId): readonly number[] => {
    const shape = shapes.get(id);
    if (shape === undefined) throw new Bug(`value ${id} of ${program.net} is not stored`);
    return shape;
  };
  for (const { kernel, operands, outputs: results, path } of program.calls) {
    const ids = operands.map(({ id }) => id);
    const site: Site = {
      path,
      inputs: ids.map(named),
      batched: ids.map((id) => program.values[id]!.batched),
      stored: (index) => shapeAt(ids[index]!),
      sizes: { add, whole },
      add: (op, input, attr = {}) => add(`${path}/${op}`, op, input, { T: float, ...attr }),
      list: (integers) => whole([integers.length], integers),
      whole,
      scalar: (n) => {
        const value = { tag: 'data', data: Float32Array.of(n) } as const;
        return constant('constant-1', { shape: [], dtype: 'float32', value });
      },
    };
    writeKernel(kernel, site).forEach((name, i) => names.set(results[i]!, name));
  }
  for (const { id, node } of outputs)
    nodes.push({ name: node, op: 'Identity', input: [named(id)], attr: { T: float } });
  return { inputs, outputs, nodes, stored };
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
