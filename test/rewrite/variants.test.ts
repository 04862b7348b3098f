/** Passes as functions of nets: `net D_dense = fc_to_conv(D)`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphOf, kernelsOf } from '../../src/compile.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import type { Images } from '../../src/build/resize.ts';
import { showGraph } from '../../src/graph/print.ts';
import { shapeOf, showType } from '../../src/ops/types.ts';
import { graphOfNet } from '../../src/build/build.ts';
import { traceOfNet } from '../../src/typecheck/net/variants.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import { startOf } from '../../src/syntax/source.ts';
import { admissibleOf } from '../../src/typecheck/net/admissible.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { Typed } from '../../src/typecheck/net/typed.ts';
import { showSizes } from '../../src/size/sizes.ts';
import { analysed, netOf, netsOf } from '../typecheck/program.ts';
import { randomProgram } from '../typecheck/random-programs.ts';
import { difference, fileText, randomTensor, randomWeights, run } from './nets.ts';

const texts = (main: string): ReadonlyMap<string, string> =>
  new Map([
    ['main.net', main],
    ...['fc-to-conv', 'fold-batchnorm', 'factor-5x5'].map(
      (name) => [`${name}.net`, fileText(`passes/${name}.net`)] as const,
    ),
    ['vgg.net', fileText('examples/vgg.net')],
  ]);

const small = `
import "fc-to-conv.net"
import "fold-batchnorm.net"
import "factor-5x5.net"
rewrite no_first { structural rule sum: id + relu => id }
net D(classes = 5) : [32, 40, 3] -> [classes] {
  block 2x (conv3-4; batchnorm; relu); maxpool
  block wide: id | (conv5-8(bias = false); batchnorm); relu; maxpool4/4
  block sums: (dropout; id + relu; id + tanh) + id
  also aux { gap; fc-2 }
  flatten; fc-6; relu; dropout; fc-classes
}
net Dense = fc_to_conv(D)
net Both : [h, w, 3] -> [5] = fc_to_conv(fold_batchnorm(D))
net Larger : [48, 64, 3] -> [5] = fold_batchnorm(Dense)
net Factored = factor_5x5(D)
net Fewer = no_first(D)
`;

const imagesOf = ([, h, w]: readonly [number, number, number, number]): Images => ({
  h,
  w,
  asked: startOf('test'),
});

/** Places of a typed net where something else goes in than came out before. */
const breaks = (t: Typed): readonly string[] => {
  switch (t.tag) {
    case 'sequence':
      return t.steps.flatMap((step, i) => {
        const before = showType(t.steps[i - 1]?.output ?? t.input);
        const at = `${before} and then ${step.tag} on ${showType(step.input)}`;
        return [...(showType(step.input) === before ? [] : [at]), ...breaks(step)];
      });
    case 'join':
      return t.branches.flatMap((b) =>
        showType(b.input) === showType(t.input) ? breaks(b) : ['a branch of another input'],
      );
    case 'folder':
    case 'remember':
    case 'also':
      return breaks(t.body);
    case 'repeat':
      return t.copies.flatMap(breaks);
    default:
      return [];
  }
};

describe('a small net', () => {
  const nets = netsOf(texts(small));
  const named = (name: string) => nets.find((n) => n.name === name)!;
  const source = graphOfNet(named('D'));
  const weights = randomWeights(source);

  test('reads the weights of its source, under its own paths', () => {
    const paths = (name: string): readonly string[] =>
      sourceWeights(graphOfNet(named(name)))
        .map((w) => w.path)
        .sort();
    for (const name of ['Dense', 'Both', 'Larger']) expect(paths(name)).toEqual(paths('D'));
    const own = graphOfNet(named('Dense')).nodes.flatMap((n) => n.weights.map((w) => w.path));
    expect(own.every((p) => p.startsWith('Dense/'))).toBe(true);
    expect(own).toContain('Dense/wide/conv1/kernel');
  });

  test('computes the same', () => {
    const input = randomTensor([1, 32, 40, 3], 'input');
    const expected = run(source, input, weights);
    for (const name of ['Dense', 'Both']) {
      const graph = graphOf(named(name), imagesOf([1, 32, 40, 3]));
      if (graph._tag === 'Left') throw new Error(graph.left.message);
      expect(difference(run(graph.right, input, weights), expected)).toBeLessThan(1e-12);
    }
  });

  test('is what its text says, for every size', () => {
    const types = nets.map((n) => `${n.name} : ${showType(n.input)} -> ${showType(n.output)}`);
    expect(types).toEqual([
      'D : [32, 40, 3] -> [5]',
      'Dense : [h, w, 3] -> [5]',
      'Both : [h, w, 3] -> [5]',
      'Larger : [48, 64, 3] -> [5]',
      'Factored : [32, 40, 3] -> [5]',
      'Fewer : [32, 40, 3] -> [5]',
    ]);
    const sets = nets.map((n) => [showSizes(n.admissible!.h), showSizes(n.admissible!.w)]);
    expect(sets).toEqual([
      ['32..39', '40..47'],
      ['32..', '40..'],
      ['32..', '40..'],
      ['32..', '40..'],
      ['32..39', '40..47'],
      ['32..39', '40..47'],
    ]);
    for (const net of nets) expect(net.extras.map((e) => e.name)).toEqual(['aux']);
  });

  test.each(nets.map((n) => n.name))('%s: the typed net and the graph say the same', (name) => {
    const net = named(name);
    const { layers, outputs, clashes } = writtenOut(net);
    const graph = graphOfNet(net);
    const shown = (l: { op: string; inputs: readonly number[]; args: object }): string =>
      JSON.stringify([l.op, l.args, l.inputs]);
    expect(layers.map(shown)).toEqual(graph.nodes.map(shown));
    expect(layers.map((l) => showType(l.output))).toEqual(
      graph.nodes.map((n) => showType(n.output)),
    );
    expect(outputs).toEqual(graph.outputs);
    expect(clashes).toEqual([]);
    expect(breaks(net.body)).toEqual([]);
    expect(layers.map((l) => l.path)).toEqual(graph.nodes.map((n) => n.path));
    expect(admissibleOf(net)).toMatchObject({ _tag: 'Right', right: { h: net.admissible!.h } });
  });

  test('joins keep their names where one before them is gone', () => {
    const joins = (name: string): readonly string[] =>
      writtenOut(named(name)).layers.flatMap(({ path }) => (path.includes('add') ? [path] : []));
    expect(joins('D')).toEqual(['D/sums/add1', 'D/sums/add2', 'D/sums/add3']);
    expect(joins('Fewer')).toEqual(['Fewer/sums/add2', 'Fewer/sums/add3']);
  });

  test('the printed graph compiles again', () => {
    const printed = netOf(showGraph(graphOfNet(named('Dense'))), 'Dense');
    expect(showType(printed.output)).toBe('[5]');
    expect(printed.body.totals.params).toBe(named('D').body.totals.params);
  });
});

describe('a net that a pass makes, as a layer', () => {
  const nets = netsOf(
    texts(`${small}
net S : [16, 16, 4] -> [3] { 2x (conv3-4; batchnorm; relu); maxpool4/4; flatten; fc-8(bias = false); relu; fc-3 }
net Small = fc_to_conv(S)
def twice(f) = f | label: (relu; f)
net Without : [32, 40, 3] -> [5] { conv3-3; part: D }
net With : [32, 40, 3] -> [5] { conv3-3; part: Both }
net Again = fold_batchnorm(With)
net Inner : [16, 16, 3] -> [9] { conv3-4; twice(S) | handed: S }
net Outer : [16, 16, 3] -> [9] { conv3-4; twice(Small) | handed: fold_batchnorm(fc_to_conv(S)) }
net Wide : [h, w, 3] -> [6] { conv3-4; twice(Small) }
net Sized : [40, 24, 3] -> [6] = Wide; id
net R : [h, w, 4] -> [h, w, 4] = (conv3-4; batchnorm; relu) + id
net Plain : [8, 8, 4] -> [8, 8, 4] { 3x (a: R); block 2x (b: (R | R; conv1-4)) }
net Repeated : [8, 8, 4] -> [8, 8, 4] { 3x (a: fold_batchnorm(R)); block 2x (b: (Rf | Rf; conv1-4)) }
net Rf = fold_batchnorm(R)
net Refolded = fold_batchnorm(Repeated)
net Word : [16, 16, 4] -> [3] = fc_to_conv(S); softmax
`),
  );
  const named = (name: string) => nets.find((n) => n.name === name)!;
  const below = (path: string): string => path.slice(path.indexOf('/'));
  const weightsIn = (name: string): readonly string[] =>
    sourceWeights(graphOfNet(named(name))).map((w) => below(w.path));

  test.each([
    ['Without', 'With', [1, 32, 40, 3]],
    ['Without', 'Again', [1, 32, 40, 3]],
    ['Inner', 'Outer', [1, 16, 16, 3]],
    ['Plain', 'Repeated', [1, 8, 8, 4]],
    ['Plain', 'Refolded', [1, 8, 8, 4]],
  ] as const)('%s and %s compute the same from the same weights', (plain, made, shape) => {
    const [before, after] = [graphOfNet(named(plain)), graphOf(named(made), imagesOf(shape))];
    if (after._tag === 'Left') throw new Error(after.left.message);
    const own = weightsIn(made).map((path) => path.replaceAll('/Rf', '/R'));
    expect(own.sort()).toEqual([...weightsIn(plain)].sort());
    const input = randomTensor(shape, 'input');
    const weights = randomWeights(before);
    const same = (path: string) => weights(`${plain}${below(path).replaceAll('/Rf', '/R')}`);
    const expected = run(before, input, weights);
    expect(difference(run(after.right, input, same), expected)).toBeLessThan(1e-12);
  });

  test('has weights below the word that calls it', () => {
    expect(weightsIn('Outer').filter((path) => path.endsWith('fc1/kernel'))).toEqual([
      '/twice1/f1/fc1/kernel',
      '/twice1/label/f1/fc1/kernel',
      '/handed/fc1/kernel',
    ]);
    expect(weightsIn('Word')).toContain('/fc_to_conv1/batchnorm2/gamma');
  });

  test('takes what passes have opened', () => {
    expect(showSizes(named('Wide').admissible!.h)).toBe('16..');
    expect(graphOfNet(named('Sized')).nodes.at(-1)?.output).toEqual(named('Wide').output);
  });

  test('the typed net and the graph say the same', () => {
    for (const { name, body, ...net } of nets) {
      const { layers, clashes } = writtenOut({ ...net, name, body });
      const { nodes } = graphOfNet(named(name));
      expect(layers.map((l) => l.path)).toEqual(nodes.map((n) => n.path));
      expect(clashes, name).toEqual([]);
      for (const node of nodes)
        expect(node.weights.map((w) => below(w.path))).toEqual(
          node.weights.map((w) => `${below(node.path)}/${w.spec.name}`),
        );
    }
  });

  test('may be traced, once for each way it is made', () => {
    const pass = (name: string) => traceOfNet(named(name)).map((e) => e.pass);
    expect(new Set(pass('Outer'))).toEqual(new Set(['fc_to_conv', 'fold_batchnorm']));
    expect(pass('Wide')).toEqual(pass('Small'));
  });
});

test('what passes leave of a random net is that net as a layer', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { defs, steps, input } = randomProgram(seed);
      const type = showType(input);
      const text = `
import "fold-batchnorm.net"
import "simplify.net"
${defs}
net N : ${type} -> _ {
  relu -- else N may be one call, which as a layer is a folder more
  ${steps.map((s) => s.text).join('\n  ')}
}
net Plain : ${type} -> _ { id as start; relu; part: N; also start { @start } }
net Made : ${type} -> _ { id as start; relu; part: simplify(fold_batchnorm(N)); also start { @start } }
`;
      const files = new Map([...texts(text), ['simplify.net', fileText('passes/simplify.net')]]);
      const nets = netsOf(files);
      const [, plain, made] = nets.map(graphOfNet);
      const { layers, outputs } = writtenOut(nets[2]!);
      expect(layers.map((l) => l.path)).toEqual(made!.nodes.map((n) => n.path));
      expect(outputs).toEqual(made!.outputs);
      const noise = randomTensor(shapeOf(input, 1)!, 'input');
      const weights = randomWeights(plain!);
      const expected = run(plain!, noise, weights);
      const found = run(made!, noise, (path) => weights(path.replace(/^Made/, 'Plain')));
      expect(difference(found, expected)).toBeLessThan(1e-9);
    }),
    { numRuns: process.env['NETC_DEEP'] === undefined ? 60 : 2000 },
  );
});

test('VGG-D takes every image from 224 pixels on', () => {
  const main = `
import "vgg.net" (D)
import "fc-to-conv.net"
net D_dense(classes = 1000) : [h, w, 3] -> [classes] = fc_to_conv(D(classes))
net D_map : [h, w, 3] -> [h/32 - 6, w/32 - 6, 1000] = fc_to_map(D)
assert params(D_dense) == 138_357_544
assert admissible(D_dense) == admissible(D_map)
`;
  const program = texts(main);
  expect(diagnosticsOf(analysed(program))).toEqual([]);
  const dense = netOf(program, 'D_dense');
  expect(showSizes(dense.admissible!.h)).toBe('224..');
  expect(kernelsOf(graphOfNet(dense)).calls.length).toBeGreaterThan(0);
});

test('a net that passes make ends the stage before it, also inside a definition', () => {
  const bn = 'conv3-8; batchnorm; relu';
  const main = `
import "fold-batchnorm.net"
net D : [8, 8, 8] -> _ { ${bn} }
net Folded = fold_batchnorm(D)
def f = Folded; conv3-8; relu
net N : [8, 8, 8] -> _ { ${bn}; ${bn}; f; maxpool; conv1-2 }
net M : [8, 8, 8] -> _ { ${bn}; ${bn}; conv3-8; relu; f; maxpool; conv1-2 }
`;
  const found = diagnosticsOf(analysed(texts(main)));
  expect(found.map((d) => d.code)).toEqual(['W0221']);
  expect(main.slice(0, found[0]!.primary.span.start).split('\n').length).toBe(7);
});
