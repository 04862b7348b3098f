/** The operators as their users meet them: signatures, and the page that is written from the table. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operatorsPage, signature } from '../../src/ops/document.ts';
import { table } from '../../src/ops/table.ts';

it('has the signatures of the language', () => {
  expect([...table.values()].map(signature).join('\n')).toBe(
    `conv(size, channels, stride = 1, pad = half, dilation = 1, groups = 1, bias = true)
depthwise(size, multiplier = 1, stride = 1, pad = half, dilation = 1, bias = true)
deconv(size, channels, stride = 1, pad = same, groups = 1, bias = true)
fc(units, bias = true)
maxpool(size = 2, stride = size, pad = 0, round = floor)
avgpool(size = 2, stride = size, pad = 0, round = floor, include_pad = false)
gap
batchnorm(channels?, eps = 1e-5, momentum = 0.1)
lrn(size = 5, alpha = 1e-4, beta = 0.75, k = 2)
layernorm(eps = 1e-5)
groupnorm(groups, eps = 1e-5)
instancenorm(eps = 1e-5)
relu
relu6
leaky_relu(alpha = 0.01)
sigmoid
tanh
softmax
scale(factor)
dropout(rate = 0.5)
elu(alpha = 1)
gelu(approximate = false)
silu
hardswish
softplus
mish
prelu
flatten
pad(by)
crop(by)
channels(range)
exactly(height?, width?)
upsample(scale = 2, method = nearest)
id
f + g
f * g
f | g`,
  );
});

it('docs/operators.md is fresh: else run node scripts/operators-doc.mjs', () => {
  const file = new URL('../../docs/operators.md', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(operatorsPage());
});
