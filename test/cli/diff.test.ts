/** `netc diff`: what is said of two nets, and that it is true. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { align } from '../../src/report/diff/align.ts';
import { compare } from '../../src/report/diff/compare.ts';
import { calledAs } from '../../src/report/diff/names.ts';
import { factsOf } from '../../src/report/facts.ts';
import { broken, leastWidth } from '../../src/report/fit.ts';
import { repeats } from '../../src/report/repeats.ts';
import { widthOf } from '../../src/diagnostic/terminal/cells.ts';
import { buildGraph } from '../../src/graph/build.ts';
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
  return program.nets.map(buildGraph);
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
  it('the paper’s GoogLeNet and torchvision’s', async () => {
    const { code, out } = await examples('googlenet.net:GoogLeNet', 'googlenet.net:GoogLeNetBN');
    expect(code).toBe(0);
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      -  GoogLeNet    [224, 224, 3] -> [1000]  examples/googlenet.net
      +  GoogLeNetBN  [224, 224, 3] -> [1000]  examples/googlenet.net

         block1                                                                 9,472 → 9,536
           conv1                                                                9,472 → 9,536
      ~      conv1       conv, bias true → false              [112, 112, 64]    9,472 → 9,408
      +      batchnorm1  batchnorm(eps = 1e-3)                [112, 112, 64]             +128
             relu1
           maxpool1
      -    norm1         lrn                                  [56, 56, 64]
         block2                                                             114,944 → 115,200
           2× conv1 … conv2                                                 114,944 → 115,200
      ~      conv1       conv, bias true → false
      +      batchnorm1  batchnorm(eps = 1e-3)
             relu1
      -    norm1         lrn                                  [56, 56, 192]
           maxpool1
         2× inception3a … inception3b                                       552,432 → 496,096
           4× conv1 … conv4
      ~      conv1       conv, bias true → false
      +      batchnorm1  batchnorm(eps = 1e-3)
             relu1
           conv5
      ~      conv1       conv, size 5 → 3, bias true → false
      +      batchnorm1  batchnorm(eps = 1e-3)
             relu1
           maxpool1
           conv6
      ~      conv1       conv, bias true → false
      +      batchnorm1  batchnorm(eps = 1e-3)
             relu1
           concat1
         maxpool1
         inception4a     as inception3a                                     376,176 → 364,512
         aux1/auxiliary1                                                3,188,840 → 3,188,968
           avgpool1
           conv1                                                              65,664 → 65,792
      ~      conv1       conv, bias true → false              [4, 4, 128]     65,664 → 65,536
      +      batchnorm1  batchnorm(eps = 1e-3)                [4, 4, 128]                +256
             relu1
           … 6 equal layers
         3× inception4b … inception4d  as inception3a                   1,564,640 → 1,484,736
         aux2/auxiliary1  as aux1/auxiliary1                            3,190,888 → 3,191,016
         inception4e     as inception3a                                     868,352 → 803,840
      ~  maxpool2        maxpool, size 3 → 2                  [7, 7, 832]
         2× inception5a … inception5b  as inception3a                   2,487,536 → 2,325,984
         average1
      -    avgpool1      avgpool(size = 7, stride = 1)        [1, 1, 1024]
      -    flatten1      flatten                              [1024]
      +    gap           gap                                  [1024]
      ~  dropout1        dropout, rate 0.4 → 0.2              [1024]
         … 2 equal layers

      59×  batchnorm, added
      50×  conv, bias true → false
       9×  conv, size 5 → 3, bias true → false
       2×  lrn, removed
       1×  maxpool, size 3 → 2
       1×  avgpool, removed
       1×  flatten, removed
       1×  gap, added
       1×  dropout, rate 0.4 → 0.2

                   GoogLeNet  GoogLeNetBN
      layers             161          217       +56
      parameters  13,378,280   13,004,888  −373,392
      MACs           1.591 G      1.507 G   −84.3 M
      height        223..254     223..270
      width         223..254     223..270
      "
    `);
  });

  it('VGG D with and without batch norms', async () => {
    const { out } = await examples('vgg.net:D', 'vgg.net:D_BN');
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      -  D     [224, 224, 3] -> [1000]  examples/vgg.net
      +  D_BN  [224, 224, 3] -> [1000]  examples/vgg.net

         2× block1 … block2        260,160 → 260,928
           2× conv1 … conv2
             conv1
      +      batchnorm1  batchnorm
             relu1
           maxpool1
         3× block3 … block5  14,454,528 → 14,462,208
           3× conv1 … conv3
             conv1
      +      batchnorm1  batchnorm
             relu1
           maxpool1
         … 9 equal layers

      13×  batchnorm, added

                            D         D_BN
      layers               40           53     +13
      parameters  138,357,544  138,365,992  +8,448
      MACs            15.47 G      15.47 G
      height         224..255     224..255
      width          224..255     224..255
      "
    `);
  });

  it('ResNet-50 and ResNet-101', async () => {
    const args = ['resnet.net:ResNet50', 'resnet.net:ResNet101', '--input', '224'];
    expect(`\n${(await examples(...args)).out}`).toMatchInlineSnapshot(`
      "
      -  ResNet50   [224, 224, 3] -> [1000]  examples/resnet.net
      +  ResNet101  [224, 224, 3] -> [1000]  examples/resnet.net

         … 78 equal layers
         conv4_x/stage1                                       7,098,368 → 26,090,496
           … 62 equal layers
           17× bottleneck7 … bottleneck23                             0 → 18,992,128
             2× conv_bn1 … conv_bn2                                      0 → 852,992
      +        conv1           conv(…)                      [14, 14, 256]
      +        batchnorm1      batchnorm                    [14, 14, 256]       +512
      +      2× relu1 … relu2  relu                         [14, 14, 256]
             conv_bn3                                                    0 → 264,192
      +        conv1           conv(1, 1024, bias = false)  [14, 14, 1024]  +262,144
      +        batchnorm1      batchnorm                    [14, 14, 1024]    +2,048
      +      add1              add                          [14, 14, 1024]
      +      relu3             relu                         [14, 14, 1024]
         … 35 equal layers

      51×  conv, added
      51×  batchnorm, added
      51×  relu, added
      17×  add, added

                    ResNet50   ResNet101
      layers             175         345         +170
      parameters  25,557,032  44,549,160  +18,992,128
      MACs           4.089 G     7.801 G     +3.712 G
      height             1..         1..
      width              1..         1..
      "
    `);
  });

  it('SqueezeNet and its version 1.1, whose sizes differ nearly everywhere', async () => {
    const args = ['squeezenet.net:SqueezeNet', 'squeezenet.net:SqueezeNet1_1', '--input', '224'];
    expect(`\n${(await examples(...args)).out}`).toMatchInlineSnapshot(`
      "
      -  SqueezeNet     [224, 224, 3] -> [1000]  examples/squeezenet.net
      +  SqueezeNet1_1  [224, 224, 3] -> [1000]  examples/squeezenet.net

         conv1                                                                              14,208 → 1,792
      ~    conv      conv, size 7 → 3, channels 96 → 64    [109, 109, 96] → [111, 111, 64]  14,208 → 1,792
           relu1, [109, 109, 96] → [111, 111, 64]
         maxpool1, [54, 54, 96] → [55, 55, 64]
         fire1                                                                             11,920 → 11,408
           conv1                                                                             1,552 → 1,040
      ~      conv    conv                                  in [54, 54, 96] → [55, 55, 64]    1,552 → 1,040
             relu1, [54, 54, 16] → [55, 55, 16]
           … 5 resized layers, [54, 54, 64] → [55, 55, 64]
         … 7 resized layers, [54, 54, 16] → [55, 55, 16]
         pool2
      +    maxpool1  maxpool(size = 3, stride = 2,         [27, 27, 128]
                     round = ceil)
         … 7 resized layers, [54, 54, 32] → [27, 27, 32]
         pool2
      -    maxpool1  maxpool(size = 3, stride = 2,         [27, 27, 256]
                     round = ceil)
         … 7 equal layers
         pool3
      +    maxpool1  maxpool(size = 3, stride = 2,         [13, 13, 256]
                     round = ceil)
         … 21 resized layers, [27, 27, 48] → [13, 13, 48]
         pool3
      -    maxpool1  maxpool(size = 3, stride = 2,         [13, 13, 512]
                     round = ceil)
         … 12 equal layers

      43×  of another size only
       2×  maxpool, added
       2×  maxpool, removed
       1×  conv, size 7 → 3, channels 96 → 64
       1×  conv, of another size

                  SqueezeNet  SqueezeNet1_1
      layers              66             66
      parameters   1,248,424      1,235,496   −12,928
      MACs           818.9 M        349.2 M  −469.8 M
      height            21..           17..
      width             21..           17..
      "
    `);
  });

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

  it('a net and itself', async () => {
    expect(await examples('vgg.net:D', 'vgg.net', '--check')).toEqual({
      code: 0,
      out: 'D is the same in both: 40 layers, 138,357,544 parameters\n',
      err: '',
    });
  });

  it('thousands of layers', async () => {
    const args = ['resnet.net:ResNet1202', 'resnet.net:ResNet110'];
    const { out } = await examples(...args);
    expect(out).toContain('182× basic19 … basic200');
    expect(out).toContain('182× basic19 … basic200  as block1/basic19');
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

  it('is not how a net is written, but names of weights are told of', async () => {
    const folder = newFolder({
      'a.net': `def unit(c) = conv3-c; relu
        net N : [8, 8, 3] -> [8, 8, 4] { block 2x unit-4 }\n`,
      'b.net': 'net M : [8, 8, 3] -> [8, 8, 4] { conv3-4; relu; conv3-4; relu }\n',
    });
    const { out } = await netc(folder, 'diff', 'a.net', 'b.net');
    removeFolder(folder);
    expect(out).toBe(
      'N and M are equal: 4 layers, 260 parameters\n2 layers with weights have other names\n',
    );
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

describe('the command', () => {
  let folder: string;
  beforeAll(() => {
    folder = newFolder({
      'a.net': 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-4 }\n',
      'b.net':
        'net N : [8, 8, 3] -> [8, 8, 4] { conv5-4 }\nnet M : [8, 8, 3] -> _ { conv3-4 }\nnet V : [3] -> _ { fc-2 }\n',
      'broken.net': 'net N : [8, 8, 3] -> _ { relo }\n',
      'odd.net': 'net A : [9, 9, 3] -> _ { maxpool }\nnet B : [8, 8, 3] -> _ { maxpool }\n',
    });
  });
  afterAll(() => removeFolder(folder));
  const run = (...args: readonly string[]) => netc(folder, 'diff', ...args);

  it('takes the net of one name from both files', async () => {
    for (const args of [
      ['a.net:N', 'b.net'],
      ['a.net', 'b.net', '--net', 'N'],
      ['a.net', 'b.net:N'],
    ])
      expect((await run(...args)).out).toContain('conv, size 3 → 5');
    expect((await run('a.net', 'b.net:M')).out).toContain('N and M are equal');
  });

  it('ends with 1 when the nets differ, if that was asked for', async () => {
    expect((await run('a.net:N', 'b.net')).code).toBe(0);
    expect((await run('a.net:N', 'b.net', '--check')).code).toBe(1);
    expect((await run('a.net:N', 'b.net:M', '--check')).code).toBe(0);
    expect((await run('a.net:N', 'b.net', '--check', '--json')).code).toBe(1);
  });

  it('tells the warnings of a file once', async () => {
    const { err } = await run('odd.net:A', 'odd.net:B', '--check');
    expect(err.match(/warning\[W0220\]/g)).toHaveLength(1);
  });

  it('compares nets that take no images', async () => {
    expect((await run('b.net:V', 'b.net:V')).out).toContain('V is the same in both');
    expect((await run('b.net:V', 'b.net:N')).out).toMatch(/^height +– +1\.\.$/m);
  });

  it.each<readonly [args: readonly string[], code: number, says: string]>([
    [['a.net', 'b.net'], 2, 'b.net:NET, where NET is N or M or V'],
    [['a.net:Q', 'b.net'], 2, 'there is no net `Q` in this file'],
    [['a.net:N', 'b.net:n'], 2, 'did you mean `N`?'],
    [['a.net', 'c.net'], 1, '`c.net` cannot be read: it does not exist'],
    [['a.net', 'broken.net'], 1, 'E0301'],
    [['broken.net:N', 'a.net'], 1, 'did you mean `relu`?'],
    [['a.net'], 2, "missing required argument 'second'"],
    [['a.net', 'b.net:M', '--input', '8x'], 2, '256x256'],
    [['a.net', 'b.net:V', '--input', '8'], 1, '`V` takes no images, but [3]'],
    [['a.net:N:N', 'b.net:N'], 1, 'a.net:N'],
  ])('%j ends with %i', async (args, code, says) => {
    const said = await run(...args);
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.err).toContain(says);
  });
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
