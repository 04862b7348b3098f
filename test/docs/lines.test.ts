/** VGG and ResNet are much shorter here than in torchvision, however that is counted. */
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { check, example } from '../programs.ts';

/**
 * torchvision 0.14.1, `models/vgg.py` and `models/resnet.py`. `all` are lines; `code` are those that hold more
 * than a comment or a docstring; `shared` is code for the networks that both have: without imports, `__all__`,
 * the enumerations of published weights and `model_urls`, which say where to download, and without the functions
 * for ResNeXt and wide ResNets.
 */
const torchvision = {
  vgg: { all: 511, code: 306, shared: 105 },
  resnet: { all: 970, code: 644, shared: 234 },
} as const;

/** The networks of ours that torchvision has, with all that they are made of. */
const shared: { readonly [file in keyof typeof torchvision]: readonly string[] } = {
  vgg: ['conv', 'conv_bn', 'classifier', 'A', 'B', 'D', 'E', 'A_BN', 'B_BN', 'D_BN', 'E_BN'],
  resnet: [
    ...['conv_bn', 'basic', 'bottleneck', 'basics', 'bottlenecks', 'resnet'],
    ...['ResNet18', 'ResNet34', 'ResNet50', 'ResNet101', 'ResNet152'],
  ],
};

const params: { readonly [net: string]: number } = {
  ...{ A: 132_863_336, B: 133_047_848, D: 138_357_544, E: 143_667_240 },
  ...{ A_BN: 132_868_840, B_BN: 133_053_736, D_BN: 138_365_992, E_BN: 143_678_248 },
  ...{ ResNet18: 11_689_512, ResNet34: 21_797_672, ResNet50: 25_557_032 },
  ...{ ResNet101: 44_549_160, ResNet152: 60_192_808 },
};

const files = ['vgg', 'resnet'] as const;
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');
const codeOf = (text: string): readonly string[] =>
  linesOf(text).filter((line) => !/^\s*(--.*)?$/.test(line));

/** The declarations of these names, as they stand in the file. */
const declarations = (text: string, names: readonly string[]): string => {
  const all = codeOf(text)
    .join('\n')
    .split(/\n(?=\S)(?!\})/);
  const nameOf = (declaration: string) => /^(?:def|net) (\w+)/.exec(declaration)?.[1];
  const taken = all.filter((declaration) => names.includes(nameOf(declaration) ?? ''));
  expect(taken.map(nameOf).sort()).toEqual([...names].sort());
  return `${taken.join('\n')}\n`;
};

const sum = (of: (file: (typeof files)[number]) => number): number =>
  files.reduce((n, file) => n + of(file), 0);
const textOf = (file: string): string => example(`${file}.net`);

describe('VGG and ResNet', () => {
  it('take a third of the lines at most, though there are more of them', () => {
    expect(3 * sum((f) => linesOf(textOf(f)).length)).toBeLessThan(sum((f) => torchvision[f].all));
  });

  it('take a third of the code at most', () => {
    expect(3 * sum((f) => codeOf(textOf(f)).length)).toBeLessThan(sum((f) => torchvision[f].code));
  });

  it('take a third of the code at most for the networks that both have', () => {
    const ours = sum((f) => linesOf(declarations(textOf(f), shared[f])).length);
    expect(3 * ours).toBeLessThan(sum((f) => torchvision[f].shared));
  });

  it.each(files)('need no other lines: %s', (file) => {
    const { program, found } = check(declarations(textOf(file), shared[file]));
    expect(found).toEqual([]);
    const counted = program.nets.map(({ name, body }) => [name, body.totals.params] as const);
    expect(Object.fromEntries(counted)).toEqual(
      Object.fromEntries(shared[file].flatMap((n) => (n in params ? [[n, params[n]!]] : []))),
    );
    for (const net of program.nets) expect(graphOfNet(net).nodes.length).toBeGreaterThan(20);
  });
});
