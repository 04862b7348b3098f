/** Sources to try things on: the examples and passes when they are there, and the fixtures. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { caseFiles, readCases } from './cases.ts';

const root = path.resolve(import.meta.dirname, '../..');

export type Sketch = { readonly name: string; readonly text: string };

const networks = (folder: string): readonly Sketch[] =>
  fs.existsSync(path.join(root, folder))
    ? fs
        .readdirSync(path.join(root, folder))
        .filter((name) => name.endsWith('.net'))
        .map((name) => ({
          name: `${folder}/${name}`,
          text: fs.readFileSync(path.join(root, folder, name), 'utf8'),
        }))
    : [];

const inline = `
-- A residual network in small.
import "vgg.net" (A, B)
def conv_bn(..p) = conv(..p, bias = false); batchnorm
def basic(c, stride = 1, shortcut = id) {
  (conv_bn3-c/stride; relu; conv_bn3-c) + shortcut
  relu
}
net Small(classes = 10) : [32, 32, 3] -> [classes] {
  block conv1: conv_bn7-64/2; relu
  double-64 as s1; maxpool
  block (n-1)x basic(c, stride, shortcut = if stride > 1 then conv_bn1-c/stride else id)
  also aux { gap; fc-classes }
  @s1 | id
  gap; fc-classes; softmax
}
assert params(3x std.conv(3, 64) : [h, w, 64]) < params(std.conv(7, 64) : [h, w, 64])
rewrite fold when inference {
  rule conv: (conv(..p) as k; batchnorm as bn) : [h, w, c]
    => conv(..p, bias = true) with { kernel = k.kernel * s } where s = bn.gamma / sqrt(bn.eps)
}
train D : A with paper { init from A { first 4 conv; last 3 fc }
  augment rescale(256..512); crop-224 }
eval fusion = mean(D, E)
`;

export const sketches: readonly Sketch[] = [
  ...networks('examples'),
  ...networks('passes'),
  { name: 'inline', text: inline },
];

/** Also what is wrong. */
export const sources: readonly string[] = [
  ...sketches.map(({ text }) => text),
  ...caseFiles().flatMap((name) => readCases(name).map(({ source }) => source)),
];
