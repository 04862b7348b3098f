/** Nets and passes from text and from the files that netc ships, and numbers to run them on. */
import * as Either from 'fp-ts/lib/Either.js';
import { readFileSync } from 'node:fs';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf, resultOf, type Checked } from '../../src/diagnostic/checked.ts';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { fillNormal, words } from '../../src/numeric/random.ts';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { applyPass, type Applied } from '../../src/rewrite/match/apply.ts';
import { passesOf } from '../../src/rewrite/rule/compile.ts';
import type { Pass } from '../../src/rewrite/rule/pattern.ts';
import { rewrittenWeights, sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';

const root = new URL('../../', import.meta.url);
export const fileText = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The value; a fault fails the test. */
export const sound = <A>(c: Checked<A>): A => {
  const [first] = diagnosticsOf(c).filter((d) => d.severity === 'error');
  if (first !== undefined)
    throw new Error([first.message, first.primary.message, ...first.notes].join('\n'));
  return resultOf(c)!;
};

export const graphIn = (path: string, text: string, net: string): Graph => {
  const files: Files = {
    read: (p) =>
      p === path
        ? Either.right({ path, text })
        : Either.left({ code: 'E0001', message: 'is not here' }),
    resolve: (_, written) => Either.right(written),
  };
  const program = sound(analyse(files, path, { asserts: false }));
  const found = program.nets.find((n) => n.name === net);
  if (found === undefined) throw new Error(`no net ${net}`);
  return graphOfNet(found);
};

/** A net of one of the examples. */
export const example = (file: string, net: string): Graph =>
  graphIn(file, fileText(`examples/${file}`), net);

/** `layers` as the net `N` on `type`. */
export const netOf = (type: string, output: string, layers: string): Graph =>
  graphIn('N.net', `net N : ${type} -> ${output} {\n${layers}\n}\n`, 'N');

export const passesIn = (text: string, path = 'rules.net'): Checked<readonly Pass[]> =>
  passesOf(sound(parse({ path, text }, operatorWords)));

export const shipped = (file: string, name?: string): Pass => {
  const passes = sound(passesIn(fileText(`passes/${file}`), `passes/${file}`));
  const found = name === undefined ? passes[0] : passes.find((p) => p.name === name);
  if (found === undefined) throw new Error(`no pass ${name ?? ''} in ${file}`);
  return found;
};

/** One pass of these rules. */
export const rules = (text: string): Pass =>
  sound(passesIn(`rewrite test when inference {\n${text}\n}`))[0]!;

export const applied = (graph: Graph, pass: Pass): Applied => sound(applyPass(graph, pass));

export const opsOf = (graph: Graph): readonly string[] => graph.nodes.map((n) => n.op);

/** Normal numbers; variances are positive. */
export const randomTensor = (shape: readonly number[], purpose: string, std = 1): Tensor => {
  const data = new Float32Array(elements(shape));
  fillNormal(words({ seed: 1, purpose, epoch: 0, index: 0 }), data, std);
  return tensor(shape, data);
};

export const randomWeights = (graph: Graph): ((path: string) => Tensor) => {
  const shapes = new Map(sourceWeights(graph).map((w) => [w.path, w.spec]));
  return (path) => {
    const spec = shapes.get(path);
    if (spec === undefined) throw new Error(`no weight ${path}`);
    const fan = spec.initial.tag === 'drawn' ? spec.initial.fans.in : 1;
    const values = randomTensor(spec.shape, path, Math.sqrt(2 / fan));
    return path.endsWith('variance')
      ? { ...values, data: values.data.map((x) => x * x + 0.1) }
      : values;
  };
};

export const run = (graph: Graph, input: Tensor, weights: (path: string) => Tensor): Tensor =>
  interpret(graph, input, rewrittenWeights(graph, weights)).get('output')!;

/** The largest difference, relative to the largest value. */
export const difference = (a: Tensor, b: Tensor): number => {
  if (a.shape.join() !== b.shape.join()) return Infinity;
  const scale = b.data.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-30);
  return a.data.reduce((m, x, i) => Math.max(m, Math.abs(x - b.data[i]!)), 0) / scale;
};
