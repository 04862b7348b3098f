/** A pass keeps every output: what `also` gives out is a reader that no rule sees. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { interpret } from '../../src/graph/interpret.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { rulesContext } from '../../src/rewrite/rule/compile.ts';
import { drawn } from '../../src/rewrite/verify/choices.ts';
import { instanceOf } from '../../src/rewrite/verify/instance.ts';
import { rewrittenWeights } from '../../src/rewrite/match/weight-values.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';
import type { CompiledRule, Pass } from '../../src/rewrite/rule/pattern.ts';
import { shapeOf } from '../../src/ops/types.ts';
import {
  applied,
  difference,
  fileText,
  passesIn,
  randomTensor,
  randomWeights,
  sound,
} from './nets.ts';

const instances = process.env['NETC_DEEP'] === undefined ? 4 : 200;

const passes = readdirSync(new URL('../../passes/', import.meta.url))
  .filter((file) => file.endsWith('.net'))
  .flatMap((file) => sound(passesIn(fileText(`passes/${file}`), `passes/${file}`)))
  .flatMap((pass) => pass.rules.map((rule) => [pass, rule] as const));

/** Small nets in which the rule's left side lies, and to which the pass does something while nothing else is given out. */
const netsFor = (pass: Pass, rule: CompiledRule): readonly Graph[] => {
  const { text } = rule.rule.name;
  const nets: Graph[] = [];
  for (let i = 0; nets.length < instances && i < 20 * instances; i++) {
    const choices = drawn(5, `${pass.name}.${text}`, i);
    const net = instanceOf(rulesContext(), standardScope(), rule, choices);
    if (net !== undefined && applied(net, pass).trace.length > 0) nets.push(net);
  }
  return nets;
};

/** The net with a side output for each of these values. */
const giving = (graph: Graph, nodes: Graph['nodes']): Graph => ({
  ...graph,
  outputs: [...graph.outputs.slice(0, 1), ...nodes.map(({ id }) => ({ name: `v${id}`, id }))],
});

/** With each value alone, and with all of them. */
const variants = (graph: Graph): readonly Graph[] => [
  ...graph.nodes.map((node) => giving(graph, [node])),
  giving(graph, graph.nodes),
];

const numbersOf = (graph: Graph, like: Graph) => {
  const input = randomTensor(shapeOf(like.input.type, 2)!, 'input');
  return interpret(graph, input, rewrittenWeights(graph, randomWeights(like)));
};

/** How often the pass did something to the net. The outputs must be as they were. */
const expectKept = (pass: Pass, before: Graph): number => {
  const { graph: after, trace } = applied(before, pass);
  expect(after.outputs.map((o) => o.name)).toEqual(before.outputs.map((o) => o.name));
  const isExact = trace.every(
    (event) => pass.rules.find((r) => r.rule.name.text === event.rule)?.rule.soundness === 'exact',
  );
  if (!isExact) return trace.length;
  const found = numbersOf(after, before);
  for (const [name, tensor] of numbersOf(before, before))
    expect(difference(found.get(name)!, tensor), name).toBeLessThanOrEqual(1e-9);
  return trace.length;
};

describe.each(
  passes.map(([pass, rule]) => [`${pass.name}.${rule.rule.name.text}`, pass, rule] as const),
)('%s', (_, pass, rule) => {
  test('keeps what is given out', () => {
    const nets = netsFor(pass, rule);
    expect(nets.length).toBeGreaterThan(0);
    const fired = nets.flatMap(variants).reduce((n, net) => n + expectKept(pass, net), 0);
    expect(fired).toBeGreaterThan(0);
  });
});
