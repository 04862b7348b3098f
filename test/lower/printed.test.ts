/**
 * The law of the print over random nets, as they are lowered and as passes leave them: `netc check` takes it, and it is
 * the same graph, with the same names of weights and the same admissible images, so the same numbers. `print.test.ts` has what it looks like.
 */
import { expect, it } from 'vitest';
import { admissibleSizes } from '../../src/build/admissible.ts';
import { graphOfNet } from '../../src/build/build.ts';
import { freedByPasses } from '../../src/build/freed.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { showGraph } from '../../src/graph/print.ts';
import { holdingSize } from '../../src/ops/roles.ts';
import { table } from '../../src/ops/table.ts';
import { showSizes } from '../../src/size/sizes.ts';
import type { Pass } from '../../src/rewrite/rule/pattern.ts';
import { applyPasses, loadPasses, passTable } from '../../src/rewrite/passes.ts';
import { check } from '../programs.ts';
import { fileText, sound } from '../rewrite/nets.ts';
import { randomFrom, randomProgram, written, type Random } from '../typecheck/random-programs.ts';
import { casesOf } from './graphs.ts';
import { substance } from './substance.ts';

const programs = process.env['NETC_DEEP'] === undefined ? 50 : 5000;

const files = [...new Set(passTable.map((row) => row.file))];
const passes = sound(
  loadPasses(files.map((file) => ({ path: `passes/${file}`, text: fileText(`passes/${file}`) }))),
);

const opening = passes.filter(({ name }) => name === 'fc_to_conv');

/** Rules that hold only where a map has one size, which the print must say. */
const forOneSize = sound(
  loadPasses([
    {
      path: 'one-size.net',
      text: `rewrite one_size {
  rule mean: gap : [8, 8, c] => avgpool(8); flatten
  structural rule tall: tanh : [6, _, c] => relu6; conv1-c
  rule wide: (maxpool; relu) : [_, 5, c] => relu; maxpool
}`,
    },
  ]),
);

/** Expects the print of a graph to be that graph. */
const expectSame = (graph: Graph): void => {
  const text = showGraph(graph);
  const again = check(text);
  const errors = again.found.filter((d) => d.severity === 'error');
  expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  const read = graphOfNet(again.net(graph.net));
  expect(substance(read)).toEqual(substance(graph));
  expect(takenBy(read)).toEqual(takenBy(graph));
};

/** The images that a graph takes with its weights. */
const takenBy = (graph: Graph) => {
  const sizes = admissibleSizes(graph);
  return sizes && [sizes.h, sizes.w].map(showSizes);
};

/** A net after its passes, as commands have it; undefined where the passes have a fault or do not end. */
const rewritten = (before: Graph, chosen: readonly Pass[]): Graph | undefined => {
  const after = resultOf(applyPasses(before, chosen));
  return after && freedByPasses(before, after.graph);
};

// ------------------------------------------------------------------------------------------ operators

// an identity is no layer of a graph
const operators = [...table.values()].filter((row) => row.identity !== true);

it.each(operators.flatMap(({ name }) => casesOf(name).map((c) => [c.name, c.graph] as const)))(
  '%s',
  (_, graph) => expectSame(graph),
);

// ------------------------------------------------------------------------------------------- programs

/** Names that counting gives to layers, names of operators and of their words, and names that the print uses. */
const names = [
  ...['relu1', 'relu2', 'conv1', 'add1', 'add1_', 'concat1', 'relu6_1', 'gap1', 'pad2', 'relu2_'],
  ...['v0', 'v1', 'v2', 'h', 'w', 'output1', 'input', 'relu', 'conv', 'gap', 'same', 'false', 'N'],
];

const inputs = [
  '[h, w, $c]',
  '[2*h, w, $c]',
  '[4*h + 1, 2*w, $c]',
  '[h, 9, $c]',
  '[n, m, $c]',
  '[16, 12, $c]',
];

const pick = <A>(r: Random, all: readonly A[]): A => all[r(all.length)]!;

/** The same program with other names, another input, and perhaps classes. Many such programs are refused. */
const varied = (r: Random): string => {
  const program = randomProgram(r(2 ** 31));
  const steps = program.steps.map((s) => s.text);
  const last = program.steps.at(-1)?.type;
  const head = last?.tag === 'map' && r(2) === 0 ? ['flatten', 'fc-2'] : [];
  const net = pick(r, [...names, 'N', 'N', 'N']);
  const renamed = new Map<string, string>();
  const nameFor = (old: string): string => {
    if (!renamed.has(old)) renamed.set(old, r(3) > 0 ? old : pick(r, names));
    return renamed.get(old)!;
  };
  const text = written(program, [...steps, ...head])
    .replace('net N :', `net ${net} :`)
    .replaceAll(/\bn\d+_/g, nameFor);
  const type = pick(r, inputs);
  return r(3) > 0
    ? text
    : text.replace(/(?<=\nnet \w+ : )\[.*, (\d+)\]/, (_, c) => type.replace('$c', c));
};

/** Labels of layers with weights that counting would give to the layers of a definition, once they are written out. */
const labelled = (r: Random): string => {
  const plain = ['relu', '(relu + tanh)', '(relu6 * id)', 'tanh', 'also s { relu6 }'];
  const layers = Array.from({ length: 3 }, () => pick(r, plain)).join('; ');
  const labels = ['relu1', 'relu2', 'add1', 'relu6_1', 'tanh2', 'multiply1', 'relu1_', 'plain1'];
  const label = (): string => `${pick(r, labels)}: ${pick(r, ['fc-3', '(fc-3; fc-3)', 'plain'])}`;
  const steps = Array.from({ length: 4 }, () => pick(r, ['plain', 'unit', label()]));
  return `def plain { ${layers} }
def unit = fc-3; relu
net N : [3] -> _ { ${steps.join('; ')} }`;
};

/** Branches that meet at the declared size, in front of a head that passes open. */
const meeting = (r: Random): string => {
  const branches = ['crop([0, 4])', 'crop([1, 2])', 'maxpool', 'maxpool(round = ceil)', 'id'];
  const more = ['conv3-1/2', '(maxpool; upsample-2)', 'avgpool3/1', 'conv(1, 1, 3)', 'gap'];
  const branch = (): string => pick(r, [...branches, ...more]);
  const [h, w] = [4 + r(12), 4 + r(12)];
  const pool = pick(r, ['id', 'avgpool4', 'maxpool', 'conv3-2']);
  return `net N : [${h}, ${w}, 1] -> _ { ${branch()} ${pick(r, ['|', '+', '*'])} ${branch()}; ${pool}; flatten; fc-3 }`;
};

/** Maps of 5 to 8 pixels, to which rules about one size apply here and there. */
const sized = (r: Random): string => {
  const layers = ['relu', 'gap', '(maxpool; relu)', 'conv3-2', 'conv1-2', 'tanh', 'maxpool'];
  const layer = (): string =>
    pick(r, [...layers, '(relu + id)', '(conv3-2 + relu)', 'also s { relu }']);
  const steps = Array.from({ length: 1 + r(4) }, layer);
  return `net N : [${pick(r, [6, 8, 9])}, ${pick(r, [5, 8, 10])}, 2] -> _ { ${steps.join('; ')} }`;
};

/** The nets of these texts that `check` takes, as many as are wanted. */
const sounds = function* (count: number, textOf: (r: Random) => string): Generator<Sound> {
  for (let [seed, found] = [1, 0]; found < count && seed < 50 * count; seed++) {
    const r = randomFrom(seed);
    const text = textOf(r);
    const checked = check(text);
    const [net] = checked.program.nets;
    if (net === undefined || checked.found.some((d) => d.severity === 'error')) continue;
    found++;
    yield { r, text, graph: graphOfNet(net) };
  }
};

const choose = (name: string, r: Random): readonly Pass[] => {
  if (name === 'programs') return passes.filter(() => r(3) === 0);
  return name === 'maps of one size' ? forOneSize : opening;
};

type Sound = { readonly r: Random; readonly text: string; readonly graph: Graph };

it.each([
  ['programs', programs, varied],
  ['labels', 2 * programs, labelled],
  ['heads behind joins', 2 * programs, meeting],
  ['maps of one size', 2 * programs, sized],
])('random %s and what passes leave of them', (name, count, textOf) => {
  let [opened, held] = [0, 0];
  for (const { r, text, graph } of sounds(count, textOf)) {
    const chosen = choose(name, r);
    const left = rewritten(graph, chosen);
    if (left !== undefined && left.input.type !== graph.input.type) opened++;
    try {
      expectSame(graph);
      if (left === undefined) continue;
      expectSame(left);
      if (left.nodes.some((n) => n.op === holdingSize.name)) held++;
    } catch (thrown) {
      throw new Error(text, { cause: thrown });
    }
  }
  if (name === 'heads behind joins') expect(opened).toBeGreaterThan(count / 20);
  if (name === 'maps of one size') expect(held).toBeGreaterThan(count / 10);
});
