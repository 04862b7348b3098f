/** `netc diff`: what is said of two nets, and that it is true. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { align } from '../../src/report/diff/align.ts';
import { compare } from '../../src/report/diff/compare.ts';
import { calledAs } from '../../src/report/diff/names.ts';
import { factsOf } from '../../src/report/layer-costs.ts';
import { broken, leastWidth } from '../../src/report/wrap-cells.ts';
import { repeats } from '../../src/report/repeats.ts';
import { widthOf } from '../../src/diagnostic/terminal/terminal-width.ts';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { showType } from '../../src/ops/types.ts';
import { check } from '../programs.ts';
import { netc, netcAt, newFolder, removeFolder } from './session.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const examples = (...args: readonly string[]) =>
  netc(root, 'diff', ...args.map((a) => a.replace(/^(?=\w+\.net)/, 'examples/')));

/** The graphs of the nets of one file. */
const graphs = (text: string): readonly Graph[] => {
  const { program, found } = check(text);
  expect(found.filter((d) => d.severity === 'error')).toEqual([]);
  return program.nets.map(graphOfNet);
};
const two = (text: string): readonly [Graph, Graph] => {
  const [a, b] = graphs(text);
  return [a!, b!];
};
const changed = (text: string) =>
  compare(...two(text)).entries.flatMap((e) =>
    e.tag === 'equal' ? [] : [e.tag === 'changed' ? e.changes : e.tag],
  );

describe('nets of the literature', () => {
  it.each([
    ['inception_v3.net:InceptionV3', 'googlenet.net:GoogLeNetBN'],
    ['inception_v4.net:InceptionV4', 'inception_v3.net:InceptionV3'],
    ['resnet.net:ResNet50', 'densenet.net:DenseNet121'],
    ['mobilenet_v2.net:MobileNetV2', 'mobilenet.net:MobileNet'],
    ['unet.net:UNet', 'resnet.net:ResNet18'],
  ])('fits into 100 columns: %s and %s', async (a, b) => {
    const { out } = await examples(a, b);
    expect(out.split('\n').filter((line) => widthOf(line) > 100)).toEqual([]);
    expect(out).toMatch(/^ +→ \[/m); // both sides are there, the second below the first
    expect(out).not.toMatch(/\[[^\]]*$/m); // and a type is never cut
  });

  it('fits into 80 columns', async () => {
    const [a, b] = ['examples/googlenet.net:GoogLeNet', 'examples/googlenet.net:GoogLeNetBN'];
    const { out } = await netcAt(80, root, 'diff', a, b);
    expect(out.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
    expect(out).toContain(' batchnorm(eps = 1e-3) ');
  });

  it.each([
    ['vgg.net:D', 'resnet.net:ResNet18'],
    ['densenet.net:DenseNet121', 'densenet.net:DenseNet264'],
    ['googlenet.net:GoogLeNetBN', 'inception_v3.net:InceptionV3'],
  ])('every layer of %s and %s is told of, once and in order', async (a, b) => {
    const { layers, before, after, equal } = JSON.parse((await examples(a, b, '--json')).out);
    expect(equal).toBe(false);
    for (const [side, facts, name] of [
      ['before', before, a],
      ['after', after, b],
    ] as const) {
      const told = layers.flatMap((l: Record<string, unknown>) => l[side] ?? []);
      const [file, net] = name.split(':');
      const text = await netc(root, 'summary', `examples/${file!}`, '--net', net!, '--json');
      const summary = JSON.parse(text.out);
      const names = (all: readonly { readonly path: string }[]) => all.map((l) => l.path);
      expect(names(told)).toEqual(names(summary.layers));
      expect(facts).toMatchObject({ params: summary.params, macs: summary.macs, net });
      expect(told.reduce((n: number, l: { params: number }) => n + l.params, 0)).toBe(facts.params);
    }
  });
});

describe('what differs', () => {
  const pair = (a: string, b: string, input = '[16, 16, 3]') =>
    `net A : ${input} -> _ { ${a} }\nnet B : ${input} -> _ { ${b} }\n`;

  it('is an argument, with what follows from it', () => {
    expect(changed(pair('conv3-8; relu', 'conv5-8(pad = 1); relu'))).toEqual([
      [
        { of: 'size', before: '3', after: '5' },
        { of: 'out', before: '[16, 16, 8]', after: '[14, 14, 8]' },
      ],
      [
        { of: 'in', before: '[16, 16, 8]', after: '[14, 14, 8]' },
        { of: 'out', before: '[16, 16, 8]', after: '[14, 14, 8]' },
      ],
    ]);
  });

  it('is not how a padding is written, nor a channel count that is only stated', () => {
    const text = pair('conv3-8; batchnorm; relu', 'conv3-8(pad = 1); batchnorm-8; relu');
    expect(compare(...two(text)).equal).toBe(true);
    const same = pair('maxpool3/2(pad = same)', 'maxpool3/2(pad = [0, 1, 0, 1])');
    expect(compare(...two(same)).equal).toBe(true);
    const odd = pair('maxpool3/2(pad = same)', 'maxpool3/2(pad = [0, 1, 0, 1])', '[17, 17, 3]');
    expect(compare(...two(odd)).equal).toBe(false);
  });

  it('is another operator of the same kind in the same place', () => {
    expect(changed(pair('conv3-8; relu', 'conv3-8; leaky_relu'))).toEqual([
      [{ of: 'operator', before: 'relu', after: 'leaky_relu' }],
    ]);
    expect(changed(pair('conv3-8; relu', 'conv3-8; lrn'))).toEqual(['removed', 'added']);
  });

  it('is what a layer reads, though all layers are the same', () => {
    const text = pair(
      'conv3-8 as a; relu as b; conv3-8; (id + @a)',
      'conv3-8 as a; relu as b; conv3-8; (id + @b)',
    );
    expect(changed(text)).toEqual([[{ of: 'reads', before: 'conv1', after: 'relu1' }]]);
    const turned = (sign: string) =>
      compare(...two(pair(`conv3-3 ${sign} relu`, `relu ${sign} conv3-3`)));
    // the branches are aligned one way or the other; of a sum their order is nothing
    expect(turned('+').equal).toBe(false);
    const swapped = (sign: string) =>
      pair(`conv3-3 as a; relu as b; (@a ${sign} @b)`, `conv3-3 as a; relu as b; (@b ${sign} @a)`);
    expect(compare(...two(swapped('+'))).equal).toBe(true);
    expect(changed(swapped('|'))).toHaveLength(1);
  });

  it('is an output', () => {
    const { ends, equal } = compare(
      ...two(pair('relu; also p { conv3-1 }; tanh', 'relu; also q { conv3-1 }; tanh')),
    );
    expect(equal).toBe(false);
    expect(ends).toEqual([
      { of: 'output p', before: 'p/conv1', after: '–' },
      { of: 'output q', before: '–', after: 'q/conv1' },
    ]);
  });

  it('is an output that only one of them has, layers and all', () => {
    const [a, b] = two(pair('relu; also p { gap; fc-2 }; tanh', 'relu; tanh'));
    expect(compare(a, b).ends).toEqual([{ of: 'output p', before: 'p/fc1', after: '–' }]);
    expect(compare(b, a).ends).toEqual([{ of: 'output p', before: '–', after: 'p/fc1' }]);
  });

  it('is the input', () => {
    const [a, b] = two(
      'net A : [16, 16, 3] -> _ { gap; fc-2 }\nnet B : [18, 16, 3] -> _ { gap; fc-2 }\n',
    );
    expect(compare(a, b).ends).toEqual([
      { of: 'input', before: '[16, 16, 3]', after: '[18, 16, 3]' },
    ]);
  });

  it('is not what a free size is called', () => {
    const second = (first: string, input: string) => {
      const net = (name: string, type: string) =>
        `net ${name} : ${type} -> _ { conv3-4/2; relu }\n`;
      const [a, b] = two(net('A', first) + net('B', input));
      const after = calledAs(b, a);
      return { equal: compare(a, after).equal, input: showType(after.input.type) };
    };
    const same = { equal: true, input: '[h, w, 3]' };
    expect(second('[h, w, 3]', '[n, m, 3]')).toEqual(same);
    expect(second('[h, w, 3]', '[w, h, 3]')).toEqual(same);
    expect(second('[2*h, w, 3]', '[2*n, h, 3]')).toEqual({ equal: true, input: '[2*h, w, 3]' });
    // one name stands for one size
    const other = (input: string) => ({ equal: false, input });
    expect(second('[h, w, 3]', '[2*h, w, 3]')).toEqual(other('[2*h2, w, 3]'));
    expect(second('[h, w, 3]', '[2*w, h, 3]')).toEqual(other('[2*w2, w, 3]'));
    expect(second('[h, w, 3]', '[2*n, m, 3]')).toEqual(other('[2*n, w, 3]'));
    expect(second('[8, w, 3]', '[w, m, 3]')).toEqual(other('[w2, w, 3]'));
  });
});

describe('the alignment', () => {
  const layers = (body: string) => factsOf(graphs(`net N : [8, 8, 4] -> _ { ${body} }`)[0]!);
  const drawn = (a: string, b: string) => {
    const [before, after] = [layers(a), layers(b)];
    return align(before, after).map((p) => [
      p.before === undefined ? '' : before[p.before]!.node.path,
      p.after === undefined ? '' : after[p.after]!.node.path,
    ]);
  };

  it('keeps equal layers together when one comes between', () => {
    expect(drawn('conv3-4; conv3-8; conv3-16', 'conv3-4; conv5-6; conv3-8; conv3-16')).toEqual([
      ['N/conv1', 'N/conv1'],
      ['', 'N/conv2'],
      ['N/conv2', 'N/conv3'],
      ['N/conv3', 'N/conv4'],
    ]);
  });

  it('takes names for a hint between equals', () => {
    const [long, short] = ['a: relu; b: relu; c: relu; tanh', 'a: relu; c: relu; tanh'];
    expect(drawn(long, short)[1]).toEqual(['N/b', '']);
    expect(drawn(short, long)[1]).toEqual(['', 'N/b']);
  });

  it('is whole for nets without a layer in common', () => {
    expect(drawn('id', 'relu')).toEqual([['', 'N/relu1']]);
    expect(drawn('relu', 'id')).toEqual([['N/relu1', '']]);
    expect(drawn('tanh', 'conv3-4')).toEqual([
      ['N/tanh1', ''],
      ['', 'N/conv1'],
    ]);
  });

  it.each([
    ['900x conv3-4; relu', '900x conv5-4; tanh'],
    ['900x conv3-4; relu', '3x conv5-4; tanh'],
    ['3x conv3-4; relu', '900x conv5-4; tanh'],
    ['relu', '2000x tanh'],
  ])('is bounded for very long nets, and still whole: %s against %s', (one, other) => {
    const [a, b] = [layers(one), layers(other)];
    const pairs = align(a, b, 2 ** 12);
    expect(pairs.flatMap((p) => p.before ?? [])).toEqual(a.map((_, i) => i));
    expect(pairs.flatMap((p) => p.after ?? [])).toEqual(b.map((_, i) => i));
    const together = pairs.filter((p) => p.before !== undefined && p.after !== undefined);
    expect(together).toHaveLength(Math.min(a.length, b.length));
  });
});

it('breaks cells at commas, then at arrows, and shortens only paths', () => {
  const cell = 'conv, size 7x1 → 1, reads block2/inception_b2/conv5/relu1 → inception4a/concat1';
  expect(broken(cell, 100)).toEqual([cell]);
  expect(broken(cell, 40)).toEqual([
    'conv, size 7x1 → 1,',
    'reads block2/inception_b2/conv5/relu1',
    '→ inception4a/concat1',
  ]);
  expect(broken(cell, 24)).toEqual([
    'conv, size 7x1 → 1,',
    'reads …/conv5/relu1',
    '→ inception4a/concat1',
  ]);
  expect(broken('[35, 35, 64] → [28, 28, 128]', 4)).toEqual(['[35, 35, 64]', '→ [28, 28, 128]']);
  expect(leastWidth(['[35, 35, 64] → [28, 28, 128]', '1,280 → 64'])).toBe('→ [28, 28, 128]'.length);
});

it('finds what stands several times in a row', () => {
  const told = (signs: string) =>
    repeats([...signs]).map(({ start, size, count }) => `${count} ${signs.substr(start, size)}`);
  expect(told('abababcc')).toEqual(['3 ab', '2 c']);
  expect(told('')).toEqual([]);
  expect(told('abcd')).toEqual(['1 a', '1 b', '1 c', '1 d']);
});

it('tells of a branch that is read twice instead of another', () => {
  const twice = 'relu as a; conv3-4; id + id';
  const both = 'relu as a; conv3-4; id + @a';
  const net = (name: string, body: string): string => `net ${name} : [8, 8, 4] -> _ { ${body} }\n`;
  for (const [first, second] of [
    [twice, both],
    [both, twice],
  ] as const)
    expect(changed(net('P', first) + net('Q', second))).not.toEqual([]);
});

it('does not grow with the depth of definitions', async () => {
  const deep = (c: number): string =>
    [
      `def f0 = conv3-${c}; relu`,
      ...Array.from({ length: 40 }, (_, i) => `def f${i + 1} { relu; f${i}; relu }`),
      `net N : [8, 8, 4] -> _ { f40; relu }`,
    ].join('\n');
  const folder = newFolder({ 'a.net': deep(4), 'b.net': deep(5) });
  try {
    expect((await netc(folder, 'diff', 'a.net', 'b.net')).code).toBe(0);
    expect((await netc(folder, 'summary', 'a.net')).code).toBe(0);
  } finally {
    removeFolder(folder);
  }
});
