/** A program as the nodes of a TensorFlow graph, NHWC, under the names that the GraphModel loader maps. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Kernels } from '../../lower/kernels.ts';
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

export type Nodes = {
  readonly input: string; // names of nodes
  readonly outputs: readonly { readonly name: string; readonly node: string }[];
  readonly nodes: readonly NodeDef[];
  readonly stored: readonly Stored[];
};

/** `shape` is that of the input with −1 for the batch and for free sizes. */
export const nodesOf = (program: Kernels, shape: readonly number[]): Nodes => {
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
  for (const { id, shape, data } of program.constants) {
    const value = { tag: 'data', data: Float32Array.from(data) } as const;
    names.set(id, constant('constant-1', { shape, dtype: 'float32', value }));
  }
  const shapes = new Map([...program.weights, ...program.constants].map((w) => [w.id, w.shape]));
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
  return { input, outputs: outputs.map(({ name, node }) => ({ name, node })), nodes, stored };
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
