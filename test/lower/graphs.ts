/** Small graphs for the tests, written by hand, and numbers to run them on. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Graph, GraphNode, ValueId } from '../../src/graph/graph.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import { rowOf, type OperatorName } from '../../src/ops/table.ts';
import {
  extentOf,
  fixedAxis,
  image,
  mapType,
  vectorType,
  type MaybeAxis,
  type TensorType,
} from '../../src/ops/types.ts';
import { span } from '../../src/syntax/source.ts';

export type Builder = {
  readonly input: ValueId;
  /** one more layer; its path is `N/op1`, `N/op2`, … */
  readonly op: (name: OperatorName, args?: Args, ...inputs: readonly ValueId[]) => ValueId;
};

/** A net `N` whose outputs are what `body` returns: the main one first. Without inputs a layer reads the last value. */
export const graphOf = (
  input: TensorType,
  body: (b: Builder) => ValueId | { readonly [output: string]: ValueId },
): Graph => {
  const nodes: GraphNode[] = [];
  const types = new Map<ValueId, TensorType>([[0, input]]);
  const op: Builder['op'] = (name, given = {}, ...from) => {
    const row = rowOf(name);
    const inputs = from.length === 0 ? [nodes.length] : from;
    const args = withDefaults(row.params, given);
    const inputTypes = inputs.map((id) => types.get(id)!);
    const shape = row.shape(args, inputTypes);
    if (Either.isLeft(shape)) throw new Error(`${name}: ${JSON.stringify(shape.left)}`);
    const id = nodes.length + 1;
    const path = `N/${name}${id}`;
    types.set(id, shape.right.type);
    nodes.push({
      id,
      op: name,
      args,
      inputs,
      inputTypes,
      output: shape.right.type,
      path,
      weights: row
        .weights(args, inputTypes)
        .map((spec) => ({ path: `${path}/${spec.name}`, spec })),
      span: span('N.net', 0, 0),
    });
    return id;
  };
  const result = body({ input: 0, op });
  const outputs = typeof result === 'number' ? { output: result } : result;
  return {
    net: 'N',
    input: { id: 0, type: input },
    nodes,
    outputs: Object.entries(outputs).map(([name, id]) => ({ name, id })),
  };
};

/** Numbers in [−2, 2) from a linear congruential generator; about half of them are negative. */
export const numbers = (count: number, seed: number): Float32Array => {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 30 - 2;
  });
};

/** An input whose first image is all negative: the windows of a pool must not see the padding. */
export const inputOf = (shape: readonly number[], seed = 1): HostTensor => {
  const data = numbers(elements(shape), seed);
  const first = data.length / (shape[0] ?? 1);
  return { shape, data: data.map((x, i) => (i < first ? -Math.abs(x) - 0.25 : x)) };
};

/** Weights of a graph: gamma of both signs, variances positive and partly small. */
export const weightsOf = (graph: Graph): ((path: string) => HostTensor) => {
  const all = new Map<string, HostTensor>();
  graph.nodes
    .flatMap((n) => n.weights)
    .forEach(({ path, spec }, i) => {
      const data = numbers(elements(spec.shape), i + 7);
      const scaled = spec.name === 'variance' ? data.map((x) => x * x + 1e-3) : data;
      all.set(path, { shape: spec.shape, data: scaled });
    });
  return (path) => {
    const w = all.get(path);
    if (w === undefined) throw new Error(`no weight ${path}`);
    return w;
  };
};

export const float64 = (t: HostTensor): Tensor => tensor(t.shape, t.data);

/** The largest of |a − r| / (1e-5 + 1e-4·|r|); at most 1 where a is as near to r as it must be. */
export const distance = (a: ArrayLike<number>, r: Tensor): number => {
  let worst = a.length === r.data.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    const off = Math.abs(a[i]! - r.data[i]!) / (1e-5 + 1e-4 * Math.abs(r.data[i]!));
    worst = Math.max(worst, Number.isNaN(off) ? Infinity : off);
  }
  return worst;
};

/** One case of an operator: its graph, and the shapes [h, w, c] or [c] of inputs that it is to take. */
export type Case = {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly (readonly number[])[];
};

type Size = readonly [h: number, w: number];

/** What free sizes become, one after the other in the same program: odd and even ones. */
const places: readonly Size[] = [
  [17, 14],
  [12, 9],
  [9, 16],
  [10, 11],
];

/** The samples of a row as nets, with free sizes both fixed and left free. */
export const casesOf = (name: OperatorName): readonly Case[] =>
  rowOf(name).samples.flatMap(({ args, inputs }, i) => {
    const free = inputs.some((t) => t.tag === 'map' && !(isFixed(t.h) && isFixed(t.w)));
    const sizes = places.map((place) => inputs.map((t) => fixedLike(t, inputs, place)));
    const label = `${name} ${i + 1}`;
    const cases = [caseOf(`${label}, fixed`, name, args, sizes[0]!, sizes.slice(0, 1))];
    return free ? [...cases, caseOf(`${label}, free`, name, args, inputs, sizes)] : cases;
  });

const isFixed = (axis: MaybeAxis): boolean => extentOf(axis) !== undefined;

/** A free size becomes that of another input, or that of the place. */
const fixedLike = (t: TensorType, inputs: readonly TensorType[], place: Size): TensorType => {
  if (t.tag !== 'map') return t;
  const maps = inputs.flatMap((m) => (m.tag === 'map' ? [m] : []));
  const h = maps.map((m) => extentOf(m.h)).find((n) => n !== undefined) ?? place[0];
  const w = maps.map((m) => extentOf(m.w)).find((n) => n !== undefined) ?? place[1];
  return mapType(fixedAxis(extentOf(t.h) ?? h), fixedAxis(extentOf(t.w) ?? w), t.c);
};

/** Several inputs are cuts of the channels of one; a vector beside maps is the average of its cut. */
const caseOf = (
  name: string,
  op: OperatorName,
  args: Args,
  inputs: readonly TensorType[],
  sizes: readonly (readonly TensorType[])[],
): Case => {
  const counts = inputs.map((t) => (t.tag === 'unknown' || typeof t.c !== 'number' ? 0 : t.c));
  const total = counts.reduce((a, b) => a + b, 0);
  const map = inputs.find((t) => t.tag === 'map');
  const whole = map?.tag === 'map' ? mapType(map.h, map.w, total) : vectorType(total);
  const graph = graphOf(whole, (b) => {
    if (inputs.length === 1) return b.op(op, args, b.input);
    const cuts = inputs.map((t, i) => {
      const from = counts.slice(0, i).reduce((x, y) => x + y, 0);
      const cut = b.op('channels', { range: { from, to: from + counts[i]! } }, b.input);
      return t.tag === 'vector' && map !== undefined ? b.op('gap', {}, cut) : cut;
    });
    return b.op(op, args, ...cuts);
  });
  const shapeAt = (fixed: readonly TensorType[]): readonly number[] => {
    const size = fixed.find((t) => t.tag === 'map');
    return size?.tag === 'map' ? [extentOf(size.h)!, extentOf(size.w)!, total] : [total];
  };
  return { name, graph, inputs: sizes.map(shapeAt) };
};

/** A small net in the manner of VGG. */
export const vggLike = (): Graph =>
  graphOf(image(32, 32, 3), (b) => {
    for (const channels of [16, 32]) {
      for (let i = 0; i < 2; i++) {
        b.op('conv', { size: { h: 3, w: 3 }, channels });
        b.op('relu');
      }
      b.op('maxpool');
    }
    b.op('flatten');
    b.op('fc', { units: 40 });
    b.op('relu');
    b.op('dropout');
    b.op('fc', { units: 10 });
    return b.op('softmax');
  });

/** Branches that are concatenated, a residual, and a second output. */
export const branching = (): Graph =>
  graphOf(image(20, 24, 8), (b) => {
    const a = b.op('conv', { size: { h: 1, w: 1 }, channels: 8 }, b.input);
    const c = b.op('conv', { size: { h: 3, w: 3 }, channels: 16 }, a);
    const d = b.op('relu', {}, c);
    const p = b.op(
      'maxpool',
      { size: { h: 3, w: 3 }, stride: { h: 1, w: 1 }, pad: 'same' },
      b.input,
    );
    const joined = b.op('concat', {}, a, d, p);
    const e = b.op('conv', { size: { h: 3, w: 3 }, channels: 32, groups: 4, bias: false }, joined);
    const f = b.op('batchnorm', {}, e);
    const residual = b.op('add', {}, f, joined);
    const r = b.op('relu', {}, residual);
    const aux = b.op('fc', { units: 5 }, b.op('gap', {}, joined));
    const g = b.op('gap', {}, r);
    return { output: b.op('fc', { units: 10 }, g), aux };
  });
