/** Every net of the examples as a GraphModel topology: what must hold of each, and the time of all. */
import * as Either from 'fp-ts/lib/Either.js';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { accept } from '../../src/check.ts';
import { graphOf, kernelsOf, forNet } from '../../src/compile.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { graphModel, type ModelJson } from '../../src/emit/graph-model/graph-model.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';
import { plan } from '../../src/lower/plan.ts';
import { extentOf, shapeOf, type TensorType } from '../../src/ops/types.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import { near, type Sizes } from '../../src/size/sizes.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';

const folder = new URL('../../examples/', import.meta.url);
const files: Files = {
  read: (path) => Either.right({ path, text: readFileSync(new URL(path, folder), 'utf8') }),
  resolve: (_, written) => Either.right(written),
};

type Compiled = {
  readonly net: TypedNet;
  readonly program: KernelProgram;
  readonly json: ModelJson;
};

const compiled = (net: TypedNet): Compiled => {
  const program = kernelsOf(resultOf(forNet({ passes: [] }).rewrite(net))!.graph);
  const { json } = graphModel(program, { generatedBy: 'netc test' });
  // writing it down is part of the work
  return { net, program, json: JSON.parse(JSON.stringify(json)) };
};

const begin = process.cpuUsage();
const zoo = readdirSync(folder)
  .filter((file) => file.endsWith('.net'))
  .flatMap((file) => resultOf(accept(files, file))!.nets.map(compiled));
// the processor's time, which other tests beside this one do not change
const { user, system } = process.cpuUsage(begin);
const seconds = (user + system) / 1e6;

it('takes ten seconds at most for the whole zoo', () => {
  expect(zoo.length).toBeGreaterThanOrEqual(53);
  expect(seconds).toBeLessThanOrEqual(10);
});

const each = it.each(zoo.map((it) => [it.net.name, it] as const));

const declared = (t: TensorType): readonly string[] => {
  if (t.tag === 'unknown' || t.c === 'unknown') throw new Error('the type is not known');
  const sizes = t.tag === 'map' ? [extentOf(t.h) ?? -1, extentOf(t.w) ?? -1, t.c] : [t.c];
  return [-1, ...sizes].map(String);
};

each('%s: leaves open the sizes that are free, and no others', (_, { net, json }) => {
  const { inputs, outputs } = json.signature;
  const [first] = Object.keys(outputs);
  const sizes = (ports: typeof inputs, name: string): readonly string[] =>
    ports[name]!.tensorShape.dim.map((d) => d.size);
  expect(sizes(inputs, 'input')).toEqual(declared(net.input));
  expect(sizes(outputs, first!)).toEqual(declared(net.output));
});

each('%s: reads only nodes that come before, and stores every constant', (_, { json }) => {
  const known = new Set<string>();
  const constants: string[] = [];
  for (const { name, op, input } of json.modelTopology.node) {
    expect(input.filter((i) => !known.has(i))).toEqual([]);
    expect(known.has(name)).toBe(false);
    known.add(name);
    if (op === 'Const') constants.push(name);
  }
  const stored = json.weightsManifest.flatMap((group) => group.weights.map((w) => w.name));
  expect(stored.toSorted()).toEqual(constants.toSorted());
  for (const { name } of Object.values(json.signature.outputs))
    expect(known).toContain(name.replace(/:0$/, ''));
});

/** Two sizes of a set, or one if there is no other: the least, and the next that is not below `from`. */
const some = (sizes: Sizes, from: number): readonly number[] =>
  [near(sizes, 1).above, near(sizes, from).above].filter((n) => n !== undefined);

const typeOfResult = (graph: Graph): TensorType =>
  graph.nodes.find((n) => n.id === graph.outputs[0]!.id)!.output;

const free = zoo.filter(({ net }) => shapeOf(net.input, 1) === undefined);

it.each(free.map((it) => [it.net.name, it] as const))(
  '%s: one program has the sizes of the checker for every image',
  (_, { net, program }) => {
    if (net.input.tag !== 'map' || typeof net.input.c !== 'number') throw new Error('images, then');
    const { h: heights, w: widths } = net.admissible!;
    for (const h of some(heights, 225))
      for (const w of some(widths, 100)) {
        const graph = graphOf(net, { h, w, asked: net.span });
        if (Either.isLeft(graph)) throw new Error(graph.left.message);
        const { outputs } = plan(program, { input: [2, h, w, net.input.c] });
        expect(outputs[0]!.shape, `${h}×${w}`).toEqual(shapeOf(typeOfResult(graph.right), 2));
      }
  },
);
