/** What the graph of a plan promises, seen in its nodes. */
import { expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { plan } from '../../src/lower/plan.ts';
import { graphOf } from '../../src/runtime/engines/tensorflow/graph.ts';
import { programWith } from '../lower/programs.ts';
import { check } from '../programs.ts';

const program = programWith(
  { inputs: {}, single: { x: [3] }, state: { 'N/a': [3], 'N/b': [3], 'N/c': [3] } },
  ({ x, 'N/a': a, 'N/b': b }) => ({
    outputs: { y: kernel({ op: 'Erf' }, a!) },
    next: {
      'N/a': kernel({ op: 'AddV2' }, a!, x!),
      'N/b': kernel({ op: 'Exp' }, b!),
    },
  }),
);

it.each([false, true])('moves no state before all is there, NaN kept: %s', (keepsNaN) => {
  const nodes = graphOf(program.state, [{ plan: plan(program, { x: [3] }), keepsNaN }], 1);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const before = (name: string, all = new Set<string>()): ReadonlySet<string> => {
    for (const input of byName.get(name)!.inputs) {
      const from = input.replace(/^\^|:\d+$/g, '');
      if (!all.has(from)) before(from, all.add(from));
    }
    return all;
  };
  const moves = nodes.filter(({ name, op }) => op === 'AssignVariableOp' && /next/.test(name));
  expect(moves.length).toBe(2);
  const next = moves.map(({ inputs }) => inputs[1]!);
  const outputs = nodes.filter(({ op }) => op === 'Erf').map(({ name }) => name);
  const all = [...next, ...outputs];
  expect(all.length).toBe(3);
  for (const { name } of moves) expect([...before(name)]).toEqual(expect.arrayContaining(all));
});

it('names nodes as TensorFlow allows it, whatever a net is called', () => {
  const graph = graphOfNet(check('net _n : [8, 8, 2] -> [4] { conv1-4; relu; gap }').net('_n'));
  const net = kernelsOf(graph);
  const nodes = graphOf(
    net.state,
    [{ plan: plan(net, { input: [1, 8, 8, 2] }), keepsNaN: false }],
    1,
  );
  const names = nodes.map(({ name }) => name);
  expect(names.filter((name) => !/^[A-Za-z0-9.][A-Za-z0-9_./-]*$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
