/** The drawing before it is drawn: every layer once, and the edges of the net. */
import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../src/diagram/build.ts';
import type { Part } from '../../src/diagram/diagram.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { exampleNet, exampleNets, netOf, skips, small } from './nets.ts';

const nets = [...exampleNets, ['Skips', skips] as const, ['Small', small] as const];
const settings = [{}, { expand: true }, { separate: true }, { depth: 2 }, { depth: 1 }];

const numbers = (net: TypedNet): readonly number[] => writtenOut(net).layers.map((l) => l.id);
const sorted = <A>(all: readonly A[], by: (a: A) => number): readonly A[] =>
  [...all].sort((a, b) => by(a) - by(b));

describe.each(nets)('%s', (_, net) => {
  it.each(settings)('has every layer in exactly one box, %o', (options) => {
    const { nodes } = diagramOf(net, options);
    const layers = nodes.flatMap((n) => n.layers);
    expect(sorted(layers, (n) => n)).toEqual(numbers(net));
  });

  it.each(settings)('connects boxes that are there, %o', (options) => {
    const { nodes, edges } = diagramOf(net, options);
    const ids = nodes.map((n) => n.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { from, to } of edges) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
    }
    const reached = new Set(edges.map((e) => e.to));
    expect(ids.filter((id) => !reached.has(id))).toEqual(['in0']);
  });

  it('has the edges of the net when nothing is put together', () => {
    const { edges, nodes } = diagramOf(net, { expand: true, separate: true });
    const { layers, outputs } = writtenOut(net);
    expect(nodes).toHaveLength(layers.length + 1 + outputs.length);
    const id = (n: number): string => (n === 0 ? 'in0' : `n${n}`);
    const expected = [
      ...layers.flatMap((l) => l.inputs.map((from) => `${id(from)} ${id(l.id)}`)),
      ...outputs.map((o, i) => `${id(o.id)} out${i}`),
    ];
    expect(edges.map((e) => `${e.from} ${e.to}`).sort()).toEqual(expected.sort());
  });
});

/** The drawing in a few words. */
const show = (part: Part): string => {
  switch (part.tag) {
    case 'node': {
      const { count, name, title, details } = part.node;
      const words = [name && `${name}:`, title, ...details].filter(Boolean).join(' ');
      return count > 1 ? `${count}×${words}` : words;
    }
    case 'sequence':
      return part.parts.map(show).join('; ');
    case 'fork':
      return `(${part.branches.map(show).join(' , ')})${part.join.title}`;
    case 'group':
      return `${part.group.count > 1 ? `${part.group.count}×` : ''}${part.group.name}{${show(part.body)}}`;
    case 'keep':
    case 'recall':
      return `${part.tag}${part.key}`;
    case 'side':
      return `side{${show(part.body)}}`;
  }
};

const drawn = (net: TypedNet, options = {}): string => show(diagramOf(net, options).body);
const body = (text: string, options = {}): string =>
  drawn(netOf(`def conv(..p) = std.conv(..p); relu\n${text}`), options);

describe('boxes', () => {
  it('hold what follows a convolution', () => {
    expect(body('net N : [8, 8, 3] -> _ { std.conv3-4; batchnorm; relu; maxpool; relu }')).toBe(
      'input; conv3-4 batchnorm relu; maxpool2; relu; output',
    );
    expect(
      body('net N : [8, 8, 3] -> _ { std.conv3-4; batchnorm; relu }', { separate: true }),
    ).toBe('input; conv3-4; batchnorm; relu; output');
  });

  it('stand for definitions that are one box', () => {
    expect(body('net N : [8, 8, 3] -> _ { conv3-4; a: conv3-4; block conv3-4 }')).toBe(
      'input; conv3-4 relu; a: conv3-4 relu; block1: conv3-4 relu; output',
    );
  });

  it('are written as in papers', () => {
    const layers = [
      'conv7-8/2(pad = valid)',
      'maxpool3/2',
      'maxpool2x1',
      'conv1x3-8(groups = 4, dilation = 2)',
      'depthwise3-2',
      'upsample-3',
      'channels(0..4)',
      'crop(1)',
      'pad([0, 1, 0, 1])',
      'avgpool2/1(pad = same)',
      'flatten',
      'dropout-0.7',
      'fc-10',
      'softmax',
    ];
    const net = netOf(`net N : [64, 64, 3] -> _ { ${layers.join('; ')} }`);
    expect(drawn(net)).toBe(
      [
        'input',
        'conv7-8/2 valid',
        'maxpool3/2',
        'maxpool2x1',
        'conv1x3-8 dilation 2 groups 4',
        'depthwise3-2',
        'upsample-3',
        'channels(0..4)',
        'crop-1',
        'pad([0, 1, 0, 1])',
        'avgpool2/1 same',
        'flatten',
        'dropout-0.7',
        'fc-10',
        'softmax',
        'output',
      ].join('; '),
    );
  });
});

describe('repeats', () => {
  it('are drawn once', () => {
    expect(body('net N : [8, 8, 4] -> _ { 3x conv3-4; 2x (conv3-4; maxpool) }')).toBe(
      'input; 3×conv3-4 relu; 2×{conv3-4 relu; maxpool2}; output',
    );
  });

  it('are written out on demand', () => {
    expect(body('net N : [8, 8, 4] -> _ = 3x conv3-4', { expand: true })).toBe(
      'input; conv3-4 relu; conv3-4 relu; conv3-4 relu; output',
    );
  });

  it('multiply', () => {
    expect(body('net N : [8, 8, 4] -> _ = 3x 2x conv3-4')).toBe('input; 6×conv3-4 relu; output');
    expect(body('net N : [8, 8, 4] -> _ = 3x (maxpool3/1(pad = 1); 2x conv3-4)')).toBe(
      'input; 3×{maxpool3/1; 2×conv3-4 relu}; output',
    );
  });

  it('keep the outputs of their copies apart', () => {
    expect(body('net N : [8, 8, 4] -> _ { 2x (conv3-4; also aux { gap }) }')).toContain(
      'side{gap; aux2}',
    );
  });

  it('show where the copies differ', () => {
    const { nodes, edges } = diagramOf(exampleNet('DenseNet121'));
    expect(nodes.find((n) => n.title === 'concat')?.shape).toContain('96…256');
    expect(edges.some((e) => e.label.endsWith('× 256'))).toBe(true);
  });
});

describe('groups', () => {
  it('are named like weights', () => {
    expect(drawn(exampleNet('ResNet18'))).toContain('conv2_x / stage1{basic1{(');
    expect(drawn(exampleNet('ResNet50'))).toContain('2×bottleneck{(conv1-64 batchnorm relu;');
    expect(drawn(exampleNet('D'))).toContain('block3{3×conv3-256 relu; maxpool2}');
  });

  it('are boxes below a depth', () => {
    expect(drawn(exampleNet('D'), { depth: 1 })).toMatch(
      /^input; block1 5 layers 38.72 k; .*; classifier1 9 layers 123.6 M; output$/,
    );
    expect(drawn(exampleNet('ResNet34'), { depth: 3 })).toContain('3×basic 7 layers 886.3 k');
  });
});

describe('remembered values', () => {
  it('are skips', () => {
    const skipped = diagramOf(exampleNet('UNet')).edges.filter((e) => e.kind === 'skip');
    expect(skipped.map((e) => e.label)).toEqual([
      '2n × 2m × 512',
      '4n × 4m × 256',
      '8n × 8m × 128',
      '16n × 16m × 64',
    ]);
  });

  it('stay with their copy', () => {
    expect(body('net N : [8, 8, 4] -> _ = 3x (conv3-4 as a; maxpool3/1(pad = 1); @a + id)')).toBe(
      'input; 3×{conv3-4 relu; keep1; maxpool3/1; (recall1 , )add}; output',
    );
  });
});
