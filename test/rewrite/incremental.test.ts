/** Passes are applied step by step with what was learnt before; the outcome is that of searching anew each time. */
import * as Either from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { showGraph } from '../../src/graph/print.ts';
import { applyOnce, applyPass } from '../../src/rewrite/match/apply.ts';
import { orderOf } from '../../src/rewrite/match/order.ts';
import { passTable } from '../../src/rewrite/passes.ts';
import type { Pass } from '../../src/rewrite/rule/pattern.ts';
import { hardNets, longNets } from './long-nets.ts';
import { randomFrom, type Random } from '../typecheck/random-programs.ts';
import { applied, netOf, rules, shipped } from './nets.ts';

const own = [
  rules(`
    structural rule skip: relu as a; ..f; (id + @a) => relu; ..f
    structural rule join: (conv(1, _); ..f) * (..g) => (..g) * (..f; conv1-4)`),
  rules(`
    structural rule move: relu; ..f; relu => ..f; relu
    structural rule cat: (relu; ..f) + (..g) => (..f) | (..g)`),
];
const passes = [...passTable.map((row) => shipped(row.file, row.name)), ...own];

/** A layer from [4, 4, 4] to the same, of the kinds that passes look for. */
const layer = (r: Random, depth: number): string => {
  const one = [
    'relu',
    'relu6',
    'dropout',
    'scale(1)',
    'scale(2)',
    'conv1-4',
    'batchnorm',
    'conv5-4',
  ];
  const more = ['pad(1); crop(1)', 'channels(0..2) | channels(2..4)', 'maxpool(1, 1)', 'lrn'];
  const all = [...one, ...more.map((text) => `(${text})`)];
  const kind = r(depth > 0 ? all.length + 5 : all.length);
  const part = (): string => layers(r, depth - 1);
  switch (kind - all.length) {
    case 0:
    case 1:
      return `((${part()}) + (${part()}))`;
    case 2:
      return `((conv1-1; relu) | (conv1-2; relu; scale(2)) | (conv1-1))`;
    case 3:
      return `((${part()}; conv1-1; relu) | (conv1-3))`;
    case 4:
      return `((${part()}) * id)`;
    default:
      return all[kind]!;
  }
};

const layers = (r: Random, depth: number): string =>
  Array.from({ length: 1 + r(4) }, () => layer(r, depth)).join('; ');

/** The layers, their weights and the rules that made them. */
const shown = (graph: Graph, trace: readonly string[]): string =>
  [showGraph(graph), ...graph.nodes.map((n) => n.path), ...trace].join('\n');

/**
 * The first rule that matches anywhere, searched for from the beginning, until none does; undefined for a pass that goes on
 * after so many applications.
 */
const fromTheBeginning = (graph: Graph, pass: Pass, most: number): string | undefined => {
  const trace: string[] = [];
  for (let current = graph; trace.length <= most;) {
    const step = pass.rules
      .map((rule) => [rule, applyOnce(pass.name, rule, current)] as const)
      .find(([, made]) => made !== undefined);
    const made = step?.[1];
    if (step === undefined || made === undefined) return shown(current, trace);
    if (Either.isLeft(made)) return made.left.message;
    trace.push(step[0].rule.name.text);
    current = made.right;
  }
  return undefined;
};

/** More applications than a pass on these nets needs that ends. */
const endless = 500;

test('a pass does what searching from the beginning after each application does', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const r = randomFrom(seed);
      const head = r(2) === 0 ? 'flatten; fc-3; relu; batchnorm; fc-2' : 'gap; fc-2';
      const graph = netOf('[4, 4, 4]', '_', `${layers(r, 3)}; also side { gap }; ${head}`);
      const pass = passes[r(passes.length)]!;
      const result = applyPass(graph, pass);
      const made = resultOf(result);
      const expected = fromTheBeginning(graph, pass, made?.trace.length ?? endless);
      if (made !== undefined) {
        const trace = made.trace.map((event) => event.rule);
        expect(shown(made.graph, trace)).toBe(expected);
      } else {
        const [fault] = diagnosticsOf(result);
        expect(fault!.code === 'E0816' ? undefined : fault!.message).toBe(expected);
      }
    }),
    {
      numRuns: process.env['NETC_DEEP'] === undefined ? 60 : 3000,
      examples: [[-794608102]], // a pass that does not end
    },
  );
});

const deep = process.env['NETC_DEEP'] !== undefined;

/** Every pass with the nets that are long or hard for it. */
const growing = passTable.flatMap(({ name, file }) =>
  [longNets[name]!, ...hardNets[name]!].map(
    (net) => [name, net(12).slice(0, 70), net, file] as const,
  ),
);

test.each(passTable)('$name takes ten times as many steps for ten times as many layers', (row) => {
  const pass = shipped(row.file, row.name);
  const on = (n: number) => applied(netOf('[4, 4, 4]', '_', longNets[row.name]!(n)), pass);
  const [short, tenfold] = deep ? [on(1000), on(10_000)] : [on(100), on(1000)];
  expect(tenfold.trace.length).toBeGreaterThan(9 * short.trace.length - 10);
  expect(tenfold.steps).toBeLessThan(11 * short.steps);
});

test.each(growing)('%s takes no more on %s', (name, _, net, file) => {
  const pass = shipped(file, name);
  const steps = (n: number) => applied(netOf('[4, 4, 4]', '_', net(n)), pass).steps;
  const [few, many] = deep ? [1000, 10_000] : [40, 400];
  expect(steps(many)).toBeLessThan(11 * steps(few) + 500);
});

/** Milliseconds of processor time. */
const timeOf = (pass: Pass, net: string): number => {
  const graph = netOf('[4, 4, 4]', '_', net);
  const start = process.cpuUsage();
  applyPass(graph, pass);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

test.runIf(deep).each(growing)('%s is as fast for each layer of many: %s', (name, _, net, file) => {
  const pass = shipped(file, name);
  const [few, many] = [10_000, 100_000].map((n) => timeOf(pass, net(n)));
  expect(many! / Math.max(few!, 50)).toBeLessThan(14);
});

test('a value may be put before any other, any number of times', () => {
  const order = orderOf([0, 1, 2]);
  // between 0 and 1, each right before the one of the time before or right behind it
  let line = [1];
  for (let id = 3; id < 2000; id++) {
    const at = id % 3 === 0 ? line.length - 1 : id % 2 === 0 ? 0 : Math.floor(line.length / 2);
    order.insert(id, line[at]!);
    line = [...line.slice(0, at), id, ...line.slice(at)];
  }
  const expected = [0, ...line, 2];
  expect([...order.all()]).toEqual(expected);
  const labels = expected.map(order.label);
  expect(labels.every((label, i) => i === 0 || label > labels[i - 1]!)).toBe(true);
});
