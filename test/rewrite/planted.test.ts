/** Wrong rules, historical ones and others: each is rejected, and for its reason. */
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import { proveTypes, type Verdict } from '../../src/rewrite/proof/prove.ts';
import { verify } from '../../src/rewrite/verify/verify.ts';
import { graphIn, opsOf, passesIn } from './nets.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';

type Planted = { readonly name: string; readonly rule: string; readonly reason: RegExp };

/** What is said of the first fault: of the text, else of 300 instances. */
const rejection = (rule: string): string => {
  const compiled = passesIn(`rewrite planted when inference {\n${rule}\n}`);
  const [static_] = diagnosticsOf(compiled);
  const [first] =
    static_ === undefined
      ? verify(resultOf(compiled)![0]!, { instances: 300 }).flatMap((r) => r.found)
      : [static_];
  return first === undefined
    ? 'accepted'
    : [`${first.code}: ${first.message}`, first.primary.message, ...first.notes].join('\n');
};

const verdicts = (rule: string): readonly Verdict[] =>
  (resultOf(passesIn(`rewrite planted when inference {\n${rule}\n}`)) ?? [])
    .flatMap((pass) => pass.rules)
    .map((compiled) => proveTypes(compiled, standardScope()));

const differs = /E0820: the sides of `\w+` are not the same function/;
const bn = 'where s = bn.gamma / sqrt(bn.variance + bn.eps)';

/** Batch norm folded wrongly, as it was in the wild. */
const historical: readonly Planted[] = [
  {
    name: 'mace#262: the bias of the convolution is not scaled',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = k.bias - bn.mean * s + bn.beta } ${bn}`,
    reason: differs,
  },
  {
    name: 'ncnn#1339: the bias is scaled, the mean is not',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = k.bias * s - bn.mean + bn.beta } ${bn}`,
    reason: differs,
  },
  {
    name: 'yolov3#807: the bias of the convolution is forgotten',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = bn.beta - bn.mean * s } ${bn}`,
    reason: differs,
  },
  {
    name: 'onnxscript#2867: a grouped transposed convolution, scaled along the wrong axis',
    rule: `rule deconv: deconv(..p, size = a x b, channels = n, groups = g) as k; batchnorm(..q) as bn
      => deconv(..p, size = a x b, channels = n, groups = g, bias = true)
      with { kernel = k.kernel * reshape(s, [n, 1]), bias = (k.bias - bn.mean) * s + bn.beta } ${bn}`,
    reason: /E0815: .*does not fit|E0815: .*is needed/,
  },
  {
    name: 'pytorch#180995: a grouped transposed convolution, groups and inputs exchanged',
    rule: `rule deconv: (deconv(..p, size = a x b, channels = n, groups = g) as k; batchnorm(..q) as bn) : [h, w, c]
      => deconv(..p, size = a x b, channels = n, groups = g, bias = true) with {
        kernel = reshape(reshape(k.kernel, [a, b, n/g, c/g, g]) * reshape(transpose(reshape(s, [g, n/g]), [1, 0]), [n/g, 1, g]), [a, b, n/g, c]),
        bias = (k.bias - bn.mean) * s + bn.beta } ${bn}`,
    reason: differs,
  },
  {
    name: 'onnxscript#3027: a factor of the bias (Gemm’s beta) is lost',
    rule: `rule fc: fc(..p) as k; scale(t); batchnorm(..q) as bn => fc(..p, bias = true)
      with { kernel = k.kernel * s * t, bias = (k.bias - bn.mean) * s + bn.beta } ${bn}`,
    reason: differs,
  },
];

const others: readonly Planted[] = [
  {
    name: 'eps is missing',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = (k.bias - bn.mean) * s + bn.beta } where s = bn.gamma / sqrt(bn.variance)`,
    reason: differs,
  },
  {
    name: 'eps is the default one',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = (k.bias - bn.mean) * s + bn.beta } where s = bn.gamma / sqrt(bn.variance + 1e-5)`,
    reason: differs,
  },
  {
    name: 'beta and gamma are exchanged',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = (k.bias - bn.mean) * s + bn.gamma } where s = bn.beta / sqrt(bn.variance + bn.eps)`,
    reason: differs,
  },
  {
    name: 'the root is missing',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * s, bias = (k.bias - bn.mean) * s + bn.beta } where s = bn.gamma / (bn.variance + bn.eps)`,
    reason: differs,
  },
  {
    name: 'a convolution without bias gets none',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p)
      with { kernel = k.kernel * s, bias = (k.bias - bn.mean) * s + bn.beta } ${bn}`,
    reason: differs,
  },
  {
    name: 'the new bias is not said',
    rule: `rule conv: conv(..p) as k; batchnorm(..q) as bn => conv(..p, bias = true)
      with { kernel = k.kernel * bn.gamma / sqrt(bn.variance + bn.eps) }`,
    reason: /E0815: `with` does not say what `bias` is/,
  },
  {
    name: 'a depthwise kernel is scaled by input channel',
    rule: `rule depthwise: (depthwise(..p, multiplier = m) as k; batchnorm(..q) as bn) : [h, w, c]
      => depthwise(..p, multiplier = m, bias = true)
      with { kernel = k.kernel * transpose(reshape(s, [m, c]), [1, 0]), bias = (k.bias - bn.mean) * s + bn.beta } ${bn}`,
    reason: differs,
  },
  {
    name: 'batch norm before a padded convolution',
    rule: `rule before: (batchnorm(..q) as bn; conv(k, n, ..p, groups = 1) as f) : [h, w, c]
      => conv(k, n, ..p, groups = 1, bias = true) with {
        kernel = f.kernel * reshape(s, [c, 1]),
        bias = f.bias + sum(sum(sum(f.kernel * reshape(bn.beta - bn.mean * s, [c, 1]), 0), 0), 0) } ${bn}`,
    reason: differs,
  },
  {
    name: 'wrong order of the axes in fc_to_conv',
    rule: `rule first: (flatten; fc(n, ..p) as f) : [h, w, c]
      => conv(h x w, n, ..p, pad = valid) with { kernel = transpose(reshape(f.kernel, [w, h, c, n]), [1, 0, 2, 3]), bias = f.bias }; flatten`,
    reason: differs,
  },
  {
    name: 'PyTorch’s order of channels in fc_to_conv',
    rule: `rule first: (flatten; fc(n, ..p) as f) : [h, w, c]
      => conv(h x w, n, ..p, pad = valid) with { kernel = transpose(reshape(f.kernel, [c, h, w, n]), [1, 2, 0, 3]), bias = f.bias }; flatten`,
    reason: differs,
  },
  {
    name: 'fc_to_conv with the padding of a program',
    rule: `rule first: (flatten; fc(n, ..p) as f) : [h, w, c]
      => conv(h x w, n, ..p) with { kernel = reshape(f.kernel, [h, w, c, n]), bias = f.bias }; flatten`,
    reason: /E0811: the sides of `first` have different types\nthe replacement gives `\[\d+\]`/,
  },
  {
    name: 'a kernel of another shape',
    rule: `rule first: (flatten; fc(n, ..p) as f) : [h, w, c]
      => conv(h x w, n, ..p, pad = valid) with { kernel = reshape(f.kernel, [h, w, n, c]), bias = f.bias }; flatten`,
    reason: /E0815: `kernel` is \[.*\], and \[.*\] is needed/,
  },
  {
    name: 'flatten moved over a map that is not one pixel',
    rule: 'rule slide: flatten; softmax => softmax; flatten',
    reason: differs,
  },
  { name: 'flatten is the mean', rule: 'rule mean: flatten => gap', reason: /E0811|E0820/ },
  {
    name: 'an average before a rectifier',
    rule: 'rule exchange: relu; avgpool(..p) => avgpool(..p); relu',
    reason: differs,
  },
  {
    name: 'a maximum before a leaky rectifier of another slope',
    rule: 'rule exchange: leaky_relu(a); maxpool(..p) => maxpool(..p); leaky_relu(0.5)',
    reason: /E0812: the replacement drops `a`/,
  },
  {
    name: 'a pool before a negative factor',
    rule: 'rule exchange: scale(f); maxpool(..p) => maxpool(..p); scale(f)',
    reason: differs,
  },
  {
    name: 'batch norm after a pool, for gammas of both signs',
    rule: `rule exchange: batchnorm(..q) as b; maxpool(..p) => maxpool(..p);
      batchnorm(..q) with { gamma = b.gamma, beta = b.beta, mean = b.mean, variance = b.variance }`,
    reason: differs,
  },
  {
    name: 'zeros around a rectifier’s input, where the pool sees them',
    rule: 'rule merge: pad(n); maxpool(3, 1) => maxpool(3, 1, pad = n)',
    reason: /E0820|E0811|E0307/,
  },
  {
    name: 'two pools are one, but only for even sizes',
    rule: 'rule pools: maxpool(2, 2, pad = 0, round = ceil); maxpool2 => maxpool(4, 4)',
    reason: /E0811: /,
  },
  {
    name: 'a pool that loses the last pixel of odd sizes',
    rule: 'rule pool: maxpool(3, 2, pad = 1) => maxpool(2, 2)',
    reason: /E0811: the sides of `pool` have different types|E0811: what `pool` makes/,
  },
  {
    name: 'a join that fits for even sizes only',
    rule: 'structural rule twin: maxpool(1, 2) => maxpool(1, 2) + maxpool(2, 2)',
    reason:
      /E0811: the replacement of `twin` takes fewer images than the pattern\ntakes 2\.\. step 2/,
  },
  {
    name: 'the size of one image written into an argument',
    rule: 'rule mean: gap : [h, w, c] => avgpool(h x w, 1); flatten; scale(1.0*h/w)',
    reason: differs,
  },
  {
    name: 'a rule that matches what it makes',
    rule: 'rule more: relu => relu; relu',
    reason: /E0816: the pass `planted` does not end/,
  },
  {
    name: 'rules that undo each other',
    rule: 'rule there: relu; maxpool2 => maxpool2; relu\nrule back: maxpool2; relu => relu; maxpool2',
    reason: /E0816: the pass `planted` does not end\nstopped after 100 applications/,
  },
  {
    name: 'an unknown layer',
    rule: 'rule stride: conv(1, n, 2) => structural_stride',
    reason: /E0301: nothing is called `structural_stride`/,
  },
  {
    name: 'two convolutions are one of the larger kernel',
    rule: `rule merge: conv1-n as a; conv1-m as b => conv1-m with {
      kernel = reshape(sum(reshape(a.kernel, [1, n, 1]) * reshape(b.kernel, [1, n, m]), 1), [1, 1, 1, m]), bias = b.bias }`,
    reason: /E0815|E0820/,
  },
  {
    name: 'merged kernels in the wrong order',
    rule: `rule merge: (conv(1, n, ..p, groups = 1) as a) | (conv(1, m, ..p, groups = 1) as b)
      => conv(1, n + m, ..p) with { kernel = concat(b.kernel, a.kernel), bias = concat(a.bias, b.bias) }`,
    reason: differs,
  },
  {
    name: 'merged kernels with groups',
    rule: `rule merge: (conv(1, n, ..p) as a) | (conv(1, m, ..p) as b)
      => conv(1, n + m, ..p) with { kernel = concat(a.kernel, b.kernel), bias = concat(a.bias, b.bias) }`,
    reason: differs,
  },
  {
    name: 'branches exchanged',
    rule: 'rule swap: relu | tanh => tanh | relu',
    reason: differs,
  },
  {
    name: 'a cut that starts over',
    rule: 'rule twice: channels(a..b); channels(i..j) => channels(i..j) where b > a',
    reason: /E0812|E0820/,
  },
  {
    name: 'relu6 taken for relu',
    rule: 'rule clip: relu6; relu6 => relu',
    reason: differs,
  },
  {
    name: 'dropout, and something with it',
    rule: 'rule drop: relu; dropout(..p) => id',
    reason: differs,
  },
  {
    name: 'the residual is lost',
    rule: 'rule lost: (..f) + id => ..f',
    reason: /E0820|E0812/,
  },
  {
    name: 'a square of one axis only',
    rule: 'rule mean: gap : [h, w, c] => avgpool(h x h); flatten',
    reason: /E0811: the sides of `mean` have different types|E0202|E0811/,
  },
];

describe('planted faults', () => {
  test.each([...historical, ...others])('$name', ({ rule, reason }) => {
    const said = rejection(rule);
    if (process.env['SHOW']) console.log(said);
    expect(said).toMatch(reason);
    // a fault of types or of the shapes of weights is not proved away
    const proved = verdicts(rule).every((v) => v.tag === 'proved');
    if (/^E081[15]/.test(said)) expect(proved).toBe(false);
  });
});

test('a counter-example is a program that compiles', () => {
  const said = rejection(historical[0]!.rule);
  const programs = [...said.matchAll(/^net N [^]*?^}$/gm)].map(([text]) => text);
  expect(programs).toHaveLength(2);
  expect(programs.map((text) => opsOf(graphIn('N.net', text, 'N')))).toEqual([
    ['conv', 'batchnorm'],
    ['conv'],
  ]);
});
