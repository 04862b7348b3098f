import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { GraphWeight } from '../../src/graph/graph.ts';
import { inMemory } from '../../src/runtime/data/bytes.ts';
import { initialise } from '../../src/runtime/store/initialise.ts';
import { readWeights } from '../../src/runtime/store/safetensors.ts';
import { weightChunks, type Outgoing } from '../../src/runtime/store/safetensors-write.ts';
import { matchWeights } from '../../src/runtime/store/weights.ts';
import { modelNamed } from '../../src/runtime/zoo/keys.ts';
import { processorTime } from '../processor-time.ts';

const weight = (path: string, ...shape: readonly number[]): GraphWeight => ({
  path,
  spec: {
    name: 'kernel',
    shape,
    initial: { tag: 'drawn', fans: { in: 9, out: 9 } },
    trained: true,
  },
});
const wanted = [
  weight('D/block1/conv1/kernel', 3, 3, 2, 4),
  weight('D/block1/conv1/bias', 4),
  weight('D/fc1/kernel', 6, 5),
];

/** A file of these tensors, numbers from the generator. */
const file = (tensors: readonly Outgoing[]) => {
  const values = initialise(
    tensors.map((t) => weight(t.name, ...t.shape)),
    1,
  );
  const parts = [...weightChunks(tensors, values)].flatMap((c) => (E.isRight(c) ? [c.right] : []));
  const opened = readWeights(inMemory('w.safetensors', Buffer.concat(parts)));
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  return { ...opened.right, path: 'w.safetensors' };
};
const tensorsOf = (weights: readonly GraphWeight[]): readonly Outgoing[] =>
  weights.map(({ path, spec }) => ({ name: path, shape: spec.shape }));
const told = (tensors: readonly Outgoing[], net = wanted): readonly string[] =>
  diagnosticsOf(matchWeights(file(tensors), net)).map((d) =>
    [`${d.code} ${d.message}`, ...d.notes].join('\n  '),
  );

test('a file that fits gives its numbers on demand', () => {
  const provider = resultOf(matchWeights(file(tensorsOf(wanted)), wanted));
  const expected = initialise(wanted, 1);
  for (const { path } of wanted) expect(provider?.(path)).toEqual(expected(path));
});

describe('faults', () => {
  test('of every kind are told at once', () => {
    const found = [
      { name: 'D/block1/conv1/kernel', shape: [4, 2, 3, 3] },
      { name: 'D/block1/conv1/bais', shape: [4] },
      { name: 'D/fc1/kernel', shape: [6, 4] },
    ];
    expect(told(found).join('\n')).toMatchInlineSnapshot(`
      "E0501 the weight \`D/block1/conv1/bias\` is missing in \`w.safetensors\`
        the file has \`D/block1/conv1/bais\`, which no layer takes
      E0502 2 weights in \`w.safetensors\` have another shape than \`D\` needs
        \`D/block1/conv1/kernel\` has [4, 2, 3, 3] in the order of PyTorch, but [3, 3, 2, 4] is needed
        \`D/fc1/kernel\` has [6, 4], but [6, 5] is needed
      E0503 the weight \`D/block1/conv1/bais\` in \`w.safetensors\` belongs to no layer
        the net wants \`D/block1/conv1/bias\`, which is missing"
    `);
  });

  test('a file of another net is one message', () => {
    const other = wanted.map((w) => ({ name: `E${w.path.slice(1)}`, shape: w.spec.shape }));
    expect(told(other).join('\n')).toMatchInlineSnapshot(`
      "E0501 \`w.safetensors\` has none of the 3 weights of \`D\`
        its 3 weights belong to \`E\`; the first is \`E/block1/conv1/kernel\`
        the first name of a path is the net, as in \`D/block3/conv2/kernel\`"
    `);
    expect(told([])).toHaveLength(1);
  });

  test('of one kind are one message, with the first of them', () => {
    const more = Array.from({ length: 50 }, (_, i) => ({ name: `x${i}/y`, shape: [1] }));
    expect(told([...tensorsOf(wanted), ...more]).join('\n')).toMatchInlineSnapshot(`
      "E0503 50 weights in \`w.safetensors\` belong to no layer of \`D\`
        \`x0/y\`
        \`x1/y\`
        \`x2/y\`
        \`x3/y\`
        \`x4/y\`
        and 45 more"
    `);
  });

  test('of very many weights take no time', () => {
    const name = (i: number) => ({ name: `D/layer${i}/kernel`, shape: [0] });
    const many = [...tensorsOf(wanted), ...Array.from({ length: 3e4 }, (_, i) => name(i))];
    const time = processorTime(() => {
      const [first] = told(many);
      expect(first).toContain('30,000 weights in `w.safetensors` belong to no layer of `D`');
    });
    expect(time).toBeLessThan(4000);
  });

  test('that come from another number of classes say so', () => {
    const ten = tensorsOf(wanted).map((t) =>
      t.name === 'D/fc1/kernel' ? { ...t, shape: [6, 10] } : t,
    );
    expect(told(ten).join('\n')).toMatchInlineSnapshot(`
      "E0502 the weight \`D/fc1/kernel\` has the shape [6, 10], but [6, 5] is needed
        all other shapes fit: the file is for 10 outputs, and the net has 5"
    `);
  });

  test('of torchvision’s own file name the network', () => {
    const keys = ['conv1', 'conv2', 'conv3'].map((m) => ({
      name: `features.${m}.weight`,
      shape: [1],
    }));
    expect(told(keys)[0]).toContain('the first is `features.conv1.weight`');
    const modules = modelNamed('resnet18')!.modules;
    const files = modules.map((m) => ({ name: `${m}.weight`, shape: [1] }));
    expect(told(files).join('\n')).toMatchInlineSnapshot(`
      "E0501 \`w.safetensors\` has none of the 3 weights of \`D\`
        they look like torchvision's \`resnet18\`; \`netc weights import --from torchvision FILE.net w.safetensors -o OUT.safetensors\` converts them"
    `);
  });

  test('integers are no weights', () => {
    const tensors = new Map([
      ['D/n', { name: 'D/n', dtype: 'I64', shape: [], begin: 0, end: 8 } as const],
    ]);
    const read = () => E.right(new Float32Array(1));
    const result = matchWeights({ path: 'w', tensors, read }, [weight('D/n')]);
    expect(diagnosticsOf(result).map((d) => d.code)).toEqual(['E0510']);
  });
});
