/** Nets to draw: those of the examples, and small ones written in a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import type { Typed, TypedNet } from '../../src/typecheck/net/typed.ts';

const inMemory = (texts: ReadonlyMap<string, string>): Files => ({
  read: (path) => {
    const text = texts.get(path);
    return text === undefined
      ? Either.left({ code: 'E0002', message: 'is not there' })
      : Either.right({ path, text });
  },
  resolve: (_from, written) => Either.right(written),
});

const checked = (texts: ReadonlyMap<string, string>, entry: string): readonly TypedNet[] => {
  const program = analyse(inMemory(texts), entry, { asserts: false });
  const errors = diagnosticsOf(program).filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(`${entry}: ${errors.map((d) => d.message).join('; ')}`);
  return resultOf(program)?.nets ?? [];
};

/** The first net of a program. */
export const netOf = (text: string): TypedNet => {
  const [net] = checked(new Map([['test.net', text]]), 'test.net');
  if (net === undefined) throw new Error('no net');
  return net;
};

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../examples');

const examples: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.net'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);

type Named = readonly [name: string, net: TypedNet];

const netsByFile: readonly (readonly Named[])[] = [...examples.keys()].map((file) =>
  checked(examples, file).map((net) => [net.name, net] as const),
);

/** The first and the last net of each example, and each net in `npm run test:deep`; as rows for `it.each`. */
export const exampleNets: readonly Named[] = netsByFile.flatMap((nets) =>
  process.env['NETC_DEEP'] === undefined
    ? nets.filter((_, i) => i === 0 || i === nets.length - 1)
    : nets,
);

/** The net of this name; of several that of the last file, which for the VGG paper's is vgg.net, behind trends.net. */
export const exampleNet = (name: string): TypedNet => {
  const found = netsByFile.flat().findLast(([n]) => n === name);
  if (found === undefined) throw new Error(`no example is called ${name}`);
  return found[1];
};

/** Everything that goes past the main line: skips, several of one value, side branches, empty branches. */
export const skips = netOf(`
def squeeze(c) { id * (gap; fc-c; relu; sigmoid) }
net Skips(classes = 10) : [64, 64, 3] -> [classes] {
  conv3-16/2 as a; relu
  block deep: { conv3-16 as b; 2x (id + (conv3-16; relu)); @b | conv1-8 }
  (@a; crop-0; conv1-8) | (conv3-8; relu) | @a | @a
  (id) as c; (@c; crop-0) | (conv3-8; relu)
  squeeze-56
  also left { gap; fc-3 }
  also right { conv3-4; gap; fc-5 as z; relu; @z }
  3x (id | conv1-4)
  @c | conv1-32
  outer: { first: conv3-8; relu; maxpool; 2x (conv3-8 as q; relu; conv3-8; @q + id) }
  0x conv3-8
  gap
  fc-classes
}`);

/** A residual, a repeat and a label: small enough to read what is drawn. */
export const small = netOf(`
net Small : [h, w, 3] -> [10] {
  block stem: { conv3-8/2; relu; maxpool }
  2x (id + (conv3-8; batchnorm; relu))
  gap
  fc-10
}`);

/** EfficientNet-B0 (Tan and Le 2019): many small folders within each other. */
export const efficientNet = netOf(`
def conv_bn(..p) = conv(..p, bias = false); batchnorm
def se(c, r) = id * (gap; fc-r; silu; fc-c; sigmoid)
def mbconv(t, c, k, stride = 1) : [h, w, cin] -> [_, _, c] {
  if t > 1 then (conv_bn1-(t*cin); silu) else id
  depthwise(k, stride = stride, bias = false); batchnorm; silu
  se(t*cin, cin/4)
  conv_bn1-c
}
def stage(n, t, c, k, stride = 1) {
  mbconv(t, c, k, stride)
  (n-1)x (mbconv(t, c, k) + id)
}
net EfficientNetB0(classes = 1000) : [224, 224, 3] -> [classes] {
  block stem: conv_bn3-32/2; silu
  block stage(1, 1, 16, 3)
  block stage(2, 6, 24, 3, 2)
  block stage(2, 6, 40, 5, 2)
  block stage(3, 6, 80, 3, 2)
  block stage(3, 6, 112, 5)
  block stage(4, 6, 192, 5, 2)
  block stage(1, 6, 320, 3)
  block head: conv_bn1-1280; silu; gap; dropout-0.2; fc-classes; softmax
}`);

/** A concatenation with a remembered value, and an extra output. */
export const forked = netOf(`
net Forked : [32, 32, 3] -> [4] {
  conv3-8 as early
  also side { gap; fc-2 }
  conv1-4 | (conv3-4; relu) | @early
  gap; fc-4; softmax
}`);

/** DenseNet-264, the largest of its paper. */
export const denseNet264 = netOf(
  `${examples.get('densenet.net')!.replace(/^net [^]*/m, '')}
net DenseNet264 : [h, w, 3] -> [1000] = densenet(32, 64, 6, 12, 64, 48, 1000)`,
);

/** A name that means something in every notation at once. */
export const hostile = '<b>&"\\"]--> end;\n%%{}|`#\u0001x\ud800 é漢…';

const renamed = (typed: Typed): Typed =>
  typed.tag === 'sequence'
    ? { ...typed, steps: typed.steps.map(renamed) }
    : typed.tag === 'folder'
      ? { ...typed, naming: { ...typed.naming, text: hostile } }
      : typed;

/** The net and its block have that name. */
export const hostileNet: TypedNet = { ...small, name: hostile, body: renamed(small.body) };
