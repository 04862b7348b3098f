/** Weights of torchvision's, in and out again, and what is said when they do not fit. */
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { inputOfMetadata } from '../../src/runtime/store/preprocess.ts';
import { initialise } from '../../src/runtime/store/initialise.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { exportTorchvision, importTorchvision } from '../../src/runtime/files/torchvision.ts';
import { versionOf } from '../../src/runtime/torchvision/versions.ts';
import { pairUp } from '../../src/runtime/torchvision/pairs.ts';
import { newFolder, removeFolder } from '../cli/session.ts';
import { exampleOf, netNamed } from '../oracle/oracle.ts';
import { example } from '../programs.ts';
import { modelNamed } from '../../src/runtime/zoo/keys.ts';

let folder = '';
beforeAll(() => {
  folder = newFolder({});
});
afterAll(() => removeFolder(folder));
const at = (name: string): string => join(folder, name);

type Tensor = {
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

const sizes: { readonly [dtype: string]: number } = { F32: 4, F16: 2, BF16: 2, I64: 8 };

/** Some numbers; in F32, F16 and BF16 alike none of them is infinite. */
const tensor = (key: string, shape: readonly number[], dtype = 'F32', seed = 1): Tensor => {
  const bytes = new Uint8Array(elements(shape) * sizes[dtype]!);
  bytes.forEach((_, i) => {
    bytes[i] = (i * 37 + seed * 11 + key.length) % 97;
  });
  return { key, dtype, shape, bytes };
};

/** A file as `safetensors.torch.save_file` writes it, of tensors in their order. */
const file = (name: string, tensors: readonly Tensor[]): string => {
  let end = 0;
  const entries = tensors.map(({ key, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes.length;
    return `"${key}":{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  const json = `{"__metadata__":{"format":"pt"},${entries.join(',')}}`;
  const text = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(
    at(name),
    Buffer.concat([length, Buffer.from(text), ...tensors.map((t) => t.bytes)]),
  );
  return at(name);
};

/** The layers of SqueezeNet 1.1, with so few channels that its file is small. */
const squeezed = netNamed(
  {
    'n.net': `
  def conv(..p) = std.conv(..p); relu
  def fire(s, e) = conv1-s; conv1-e | conv3-e
  net S(classes = 5) : [h, w, 3] -> [classes] {
    conv3-4/2(pad = valid); maxpool3/2; 8x fire(2, 3); conv1-classes; gap; softmax
  }`,
  },
  'n.net',
  'S',
);
const squeezedTensors: readonly Tensor[] = [
  tensor('classifier.1.bias', [5]),
  tensor('classifier.1.weight', [5, 6, 1, 1]),
  tensor('features.0.bias', [4]),
  tensor('features.0.weight', [4, 3, 3, 3]),
  ...[3, 4, 6, 7, 9, 10, 11, 12].flatMap((i, n) => [
    tensor(`features.${i}.expand1x1.bias`, [3]),
    tensor(`features.${i}.expand1x1.weight`, [3, 2, 1, 1]),
    tensor(`features.${i}.expand3x3.bias`, [3]),
    tensor(`features.${i}.expand3x3.weight`, [3, 2, 3, 3]),
    tensor(`features.${i}.squeeze.bias`, [2]),
    tensor(`features.${i}.squeeze.weight`, [2, n === 0 ? 4 : 6, 1, 1]),
  ]),
];

/** DenseNet-121, thin. */
const thin = netNamed(
  {
    'n.net': `import "densenet.net"
      net T : [h, w, 3] -> [10] = densenet(2, 4, 6, 12, 24, 16, 10)`,
    'densenet.net': example('densenet.net'),
  },
  'n.net',
  'T',
);

/** As safetensors sorts them: integers first, then by name. */
const normedTensors = (graph: Graph): readonly Tensor[] => {
  const pairs = pairUp(graph, modelNamed('densenet121')!);
  if ('tag' in pairs) throw new Error(pairs.tag);
  const byKey = (a: Tensor, b: Tensor): number => (a.key < b.key ? -1 : 1);
  return [
    ...pairs.counters.map((key, i) => tensor(key, [], 'I64', i)).sort(byKey),
    ...pairs.weights.map((p) => tensor(p.key, p.layout.shape)).sort(byKey),
  ];
};

const same = <A>(a: A): A => a;
const right = <A>(e: E.Either<readonly Diagnostic[], A>): A => {
  if (E.isLeft(e))
    throw new Error(e.left.map((d) => [d.message, ...d.notes].join('\n')).join('\n'));
  return e.right;
};
const opened = (path: string) => right(E.mapLeft((d: Diagnostic) => [d])(openWeights(path)));

/** In, and out again. */
const there = (graph: Graph, from: string, transform?: boolean) =>
  right(
    importTorchvision(from, graph, at('netc.safetensors'), { transform, version: undefined }, same),
  );
const back = (graph: Graph) => {
  const weights = opened(at('netc.safetensors'));
  const done = right(exportTorchvision(weights, graph, at('back.safetensors'), same));
  weights.close();
  return { ...done, bytes: readFileSync(at('back.safetensors')) };
};

/** The bytes of two files, which are too many to be compared one by one. */
const expectSame = (bytes: Buffer, path: string): void =>
  expect(bytes.equals(readFileSync(path))).toBe(true);

/** Weights that netc made. */
const initial = (graph: Graph): void => {
  const weights = graph.nodes.flatMap((n) => n.weights);
  const outgoing = weights.map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const written = writeWeights(at('netc.safetensors'), outgoing, initialise(weights, 1));
  right(E.mapLeft((d: Diagnostic) => [d])(written));
};

/** What is said of a file that is not as it should be. */
const told = (tensors: readonly Tensor[], graph = squeezed): string => {
  const done = importTorchvision(
    file('bad.safetensors', tensors),
    graph,
    at('no'),
    { transform: undefined, version: undefined },
    same,
  );
  if (E.isRight(done)) return 'nothing';
  return done.left
    .map((d) => [`${d.code} ${d.message}`, ...d.notes].join('\n  '))
    .join('\n')
    .replaceAll(`${folder}/`, '');
};

describe('import and export', () => {
  it('gives the same bytes', () => {
    const path = file('in.safetensors', squeezedTensors);
    expect(there(squeezed, path)).toMatchObject({ model: 'squeezenet1_1' });
    expectSame(back(squeezed).bytes, path);
  });

  it('keeps another order of keys and other formats', () => {
    const halves = squeezedTensors.map(({ key, shape }, i) =>
      tensor(key, shape, ['F16', 'BF16', 'F32'][i % 3], i),
    );
    const path = file('in.safetensors', [...halves].reverse());
    there(squeezed, path);
    expectSame(back(squeezed).bytes, path);
  });

  it('keeps what batch norms have counted, in files of older days too', () => {
    const today = normedTensors(thin);
    there(thin, file('in.safetensors', today));
    expectSame(back(thin).bytes, at('in.safetensors'));
    const older = today.map((t) => ({
      ...t,
      key: t.key.replace(/(denselayer\d+\.(?:norm|conv))(\d)/, '$1.$2'),
    }));
    there(thin, file('in.safetensors', older));
    expectSame(back(thin).bytes, at('in.safetensors'));
    // and files without the counters
    there(
      thin,
      file(
        'in.safetensors',
        today.filter((t) => t.dtype === 'F32'),
      ),
    );
    expectSame(back(thin).bytes, at('in.safetensors'));
  });

  it('takes counters of any type and shape, which it does not need', () => {
    for (const change of [
      { dtype: 'F16', bytes: new Uint8Array(2) },
      { dtype: 'F32', bytes: new Uint8Array(4) },
      { shape: [1] },
      { dtype: 'I32', bytes: new Uint8Array(4), shape: [1] },
    ]) {
      const others = normedTensors(thin).map((t) => (t.dtype === 'I64' ? { ...t, ...change } : t));
      expect(there(thin, file('in.safetensors', others))).toMatchObject({ model: 'densenet121' });
      expect(back(thin)).toMatchObject({ model: 'densenet121' });
    }
  });

  it.each(['module.', 'module.densenet121.', 'model.backbone.0.', 'a/b/c.'])(
    'leaves out %s in front of every name',
    (prefix) => {
      const today = normedTensors(thin);
      there(thin, file('in.safetensors', today));
      const plain = back(thin).bytes;
      const below = today.map((t) => ({ ...t, key: `${prefix}${t.key}` }));
      expect(there(thin, file('in.safetensors', below))).toMatchObject({ prefix });
      expect(back(thin).bytes.equals(plain)).toBe(true);
    },
  );

  it('writes weights that never were torchvision’s as safetensors does', () => {
    const { graph, pairs } = exampleOf('squeezenet1_1');
    initial(graph);
    expect(back(graph)).toMatchObject({ model: 'squeezenet1_1', weights: 52 });
    const written = opened(at('back.safetensors'));
    expect([...written.tensors.keys()]).toEqual(pairs.weights.map((p) => p.key).sort());
    expect([...written.metadata]).toEqual([['format', 'pt']]);
    written.close();
    const before = readFileSync(at('netc.safetensors'));
    there(graph, at('back.safetensors'));
    const after = readFileSync(at('netc.safetensors'));
    // the numbers, which follow headers of different lengths
    const count = 4 * 1_235_496;
    expect(after.subarray(-count).equals(before.subarray(-count))).toBe(true);
  });

  it('keeps few words of what safetensors wrote', () => {
    const usual = normedTensors(thin).map((t) =>
      t.dtype === 'I64' ? { ...t, bytes: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0) } : t,
    );
    there(thin, file('in.safetensors', usual));
    const weights = opened(at('netc.safetensors'));
    expect(weights.metadata.get('netc.torchvision')).toMatchInlineSnapshot(
      `"{"model":"densenet121","counters":"7","dtype":"F32","counted":true,"metadata":{"format":"pt"}}"`,
    );
    weights.close();
    expectSame(back(thin).bytes, at('in.safetensors'));
  });

  it('takes nothing from metadata that others wrote', () => {
    const weights = {
      ...opened(at('netc.safetensors')),
      metadata: new Map([['netc.torchvision', '{}']]),
    };
    const done = exportTorchvision(weights, thin, at('back.safetensors'), same);
    weights.close();
    expect(E.isLeft(done) && done.left.map((d) => d.code)).toEqual(['E0504']);
  });

  it('says when a net is none of torchvision’s', () => {
    initial(squeezed);
    const weights = opened(at('netc.safetensors'));
    const done = exportTorchvision(weights, squeezed, at('back.safetensors'), same);
    weights.close();
    expect(E.isLeft(done) && done.left.map((d) => d.message)).toEqual([
      '`S` is not one of the torchvision networks that netc knows',
    ]);
  });

  it('tells how pictures were prepared', () => {
    there(squeezed, file('in.safetensors', squeezedTensors));
    const weights = opened(at('netc.safetensors'));
    expect(inputOfMetadata('', weights.metadata, 3)).toEqual(
      E.right({
        order: 'rgb',
        scale: 1 / 255,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
        resize: 256,
        crop: 224,
      }),
    );
    weights.close();
    const { input } = there(squeezed, file('in.safetensors', squeezedTensors), true);
    expect(input.mean).toEqual([0.5, 0.5, 0.5]);
  });
});

describe('the version of published weights', () => {
  const found = (name: string, path: string, asked?: 'v1' | 'v2') => {
    const versioned = versionOf(modelNamed(name)!, path, asked);
    if (E.isLeft(versioned)) return versioned.left.message;
    const { preparation, version } = versioned.right;
    return `${preparation.resize} ${preparation.crop} ${version?.name} ${version?.from}`;
  };
  it.each([
    ['resnet50', 'resnet50.safetensors', '256 224 v1 nothing'],
    ['resnet50', 'a/resnet50-0676ba61.safetensors', '256 224 v1 file'],
    ['resnet50', 'a/resnet50-11ad3fa6.safetensors', '232 224 v2 file'],
    ['resnet101', 'ResNet101_IMAGENET1K_V2.safetensors', '232 224 v2 file'],
    ['resnet152', 'resnet152.tv2_in1k.safetensors', '232 224 v2 file'],
    ['mobilenet_v2', 'mobilenet_v2.safetensors', '256 224 v1 nothing'],
    ['mobilenet_v2', 'mobilenet_v2-7ebf99e0.safetensors', '232 224 v2 file'],
    ['resnet50', 'IMAGENET1K_V2/resnet50.safetensors', '256 224 v1 nothing'],
    ['vgg16', 'vgg16_v2.safetensors', '256 224 undefined undefined'],
    ['inception_v3', 'inception_v3.safetensors', '342 299 undefined undefined'],
  ])('of %s in %s is %s', (name, path, expected) => expect(found(name, path)).toBe(expected));
  it('is what is asked for', () => {
    expect(found('resnet50', 'resnet50-11ad3fa6.safetensors', 'v1')).toBe('256 224 v1 option');
    expect(found('resnet50', 'resnet50.safetensors', 'v2')).toBe('232 224 v2 option');
    expect(found('vgg16', 'vgg16.safetensors', 'v1')).toBe('256 224 undefined undefined');
  });
});

describe('faults', () => {
  it('name key, shapes and layer', () => {
    const changed = squeezedTensors.map((t) =>
      t.key === 'features.4.squeeze.weight' ? tensor(t.key, [2, 6, 3, 3]) : t,
    );
    expect(told(changed)).toMatchInlineSnapshot(
      `
      "E0502 the key \`features.4.squeeze.weight\` has the shape [2, 6, 3, 3], but the layer \`S/fire2/conv1\` needs [2, 6, 1, 1]
        the file is torchvision's \`squeezenet1_1\`, and \`S\` is not one of its networks"
    `,
    );
  });

  it('of a key that is missing and one too many', () => {
    const changed = squeezedTensors.map((t) =>
      t.key === 'features.0.bias' ? { ...t, key: 'features.0.bais' } : t,
    );
    expect(told(changed)).toMatchInlineSnapshot(`
      "E0501 the key \`features.0.bias\` is missing in \`bad.safetensors\`
        the layer \`S/conv1\` needs it, of the shape [4]
        the file has \`features.0.bais\`, which no layer takes
      E0503 the key \`features.0.bais\` in \`bad.safetensors\` belongs to no layer
        the layer \`S/conv1\` has no such weight"
    `);
  });

  it('of one weight under two names', () => {
    const tensors = normedTensors(thin);
    const twice = tensors.flatMap((t) =>
      t.key === 'features.denseblock1.denselayer1.norm1.bias'
        ? [t, { ...t, key: 'features.denseblock1.denselayer1.norm.1.bias' }]
        : [t],
    );
    expect(told(twice, thin)).toMatchInlineSnapshot(`
      "E0503 the key \`features.denseblock1.denselayer1.norm1.bias\` in \`bad.safetensors\` belongs to no layer"
    `);
  });

  it('say when a file is for other classes', () => {
    const ten = squeezedTensors.map((t) =>
      t.key.startsWith('classifier') ? tensor(t.key, [10, ...t.shape.slice(1)]) : t,
    );
    expect(told(ten)).toMatchInlineSnapshot(`
      "E0502 2 keys in \`bad.safetensors\` have other shapes than their layers need
        \`classifier.1.weight\` has [10, 6, 1, 1], but the layer \`S/conv2\` needs [5, 6, 1, 1]
        \`classifier.1.bias\` has [10], but the layer \`S/conv2\` needs [5]
        all other shapes fit: the file is for 10 outputs, and the net has 5"
    `);
  });

  it('say when a net is another network of the same modules', () => {
    const vgg = netNamed(
      { 'n.net': `import "vgg.net"\nnet Mine = C()`, 'vgg.net': example('vgg.net') },
      'n.net',
      'Mine',
    );
    const pairs = pairUp(vgg, modelNamed('vgg16')!);
    if ('tag' in pairs) throw new Error(pairs.tag);
    const thin = pairs.weights.map((p) => ({
      ...tensor(p.key, [0, 3, 3, 3]),
      shape: [0, 3, 3, 3],
    }));
    expect(told(thin, vgg)).toContain(
      "the file is torchvision's `vgg16`, and `Mine` is not one of its networks",
    );
  });

  it('of many keys are one message a kind', () => {
    const changed = squeezedTensors.flatMap((t, i) =>
      t.key.includes('squeeze')
        ? [tensor(t.key, [...t.shape, 2])]
        : t.key.includes('expand3x3')
          ? [{ ...t, key: `extra.${i}` }]
          : [t],
    );
    expect(told(changed)).toMatchInlineSnapshot(`
      "E0501 16 keys are missing in \`bad.safetensors\`
        \`features.3.expand3x3.weight\` of [3, 2, 3, 3] for the layer \`S/fire1/conv3\`
        \`features.3.expand3x3.bias\` of [3] for the layer \`S/fire1/conv3\`
        \`features.4.expand3x3.weight\` of [3, 2, 3, 3] for the layer \`S/fire2/conv3\`
        \`features.4.expand3x3.bias\` of [3] for the layer \`S/fire2/conv3\`
        \`features.6.expand3x3.weight\` of [3, 2, 3, 3] for the layer \`S/fire3/conv3\`
        and 11 more
      E0502 16 keys in \`bad.safetensors\` have other shapes than their layers need
        \`features.3.squeeze.weight\` has [2, 4, 1, 1, 2], but the layer \`S/fire1/conv1\` needs [2, 4, 1, 1]
        \`features.3.squeeze.bias\` has [2, 2], but the layer \`S/fire1/conv1\` needs [2]
        \`features.4.squeeze.weight\` has [2, 6, 1, 1, 2], but the layer \`S/fire2/conv1\` needs [2, 6, 1, 1]
        \`features.4.squeeze.bias\` has [2, 2], but the layer \`S/fire2/conv1\` needs [2]
        \`features.6.squeeze.weight\` has [2, 6, 1, 1, 2], but the layer \`S/fire3/conv1\` needs [2, 6, 1, 1]
        and 11 more
        the file is torchvision's \`squeezenet1_1\`, and \`S\` is not one of its networks
      E0503 16 keys in \`bad.safetensors\` belong to no layer
        \`extra.6\`
        \`extra.7\`
        \`extra.12\`
        \`extra.13\`
        \`extra.18\`
        and 11 more"
    `);
  });

  it('of keys of netc’s own', () => {
    expect(told([tensor('D/conv1/kernel', [1])])).toContain('the file needs no import');
  });

  it('of a second version that there is not', () => {
    const path = file('in.safetensors', squeezedTensors);
    const unstated = { transform: undefined, version: 'v2' } as const;
    const done = importTorchvision(path, squeezed, at('no'), unstated, same);
    expect(E.isLeft(done) && done.left[0]).toMatchObject({
      code: 'E0521',
      message: 'torchvision has no second weights of `squeezenet1_1`',
    });
  });

  it('of integers', () => {
    const changed = squeezedTensors.map((t) =>
      t.key === 'features.0.bias' ? tensor(t.key, [4], 'I64') : t,
    );
    expect(told(changed)).toMatchInlineSnapshot(`
      "E0510 the weight \`features.0.bias\` has numbers of type \`I64\`
        netc reads weights of type F32, F16, BF16 and F64; convert the file"
    `);
  });

  it('of another network', () => {
    expect(told(squeezedTensors, exampleOf('resnet18').graph)).toMatchInlineSnapshot(`
      "E0501 \`bad.safetensors\` is \`squeezenet1_1\` of torchvision with 26 layers with weights, but \`ResNet18\` has 41
        \`ResNet18\` is torchvision's \`resnet18\`"
    `);
    expect(told([tensor('encoder.weight', [1])])).toMatchInlineSnapshot(`
      "E0501 \`bad.safetensors\` holds none of the torchvision networks that netc knows
        its first key is \`encoder.weight\`
        \`--from pytorch\` takes the weights of any module
        netc knows alexnet, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn, googlenet, inception_v3, resnet18, resnet34, resnet50, resnet101, resnet152, densenet121, densenet161, densenet169, densenet201, squeezenet1_0, squeezenet1_1, mobilenet_v2"
    `);
  });
});
