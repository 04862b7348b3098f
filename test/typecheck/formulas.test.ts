/** Formulas read back: with numbers for the sizes they give what is counted at those sizes. */
import { describe, expect, it, test } from 'vitest';
import {
  bytesForAll,
  flopsForAll,
  flopsOf,
  macsForAll,
  totalOver,
} from '../../src/typecheck/net/costs.ts';
import { bytesOf, macsOf } from '../../src/typecheck/net/costs.ts';
import { flopsFormula, macsFormula } from '../../src/typecheck/net/formulas.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { check, example } from '../programs.ts';
import { valueAt } from './polynomial.ts';

/** `.net`'s arithmetic, where `/` rounds down: every quotient of the formulas is a parenthesis `(a/b)` or `((a)/b)`. */
const evaluated = (formula: string, sizes: { readonly [name: string]: number }): number => {
  const numbers = formula
    .replaceAll('_', '')
    .replaceAll(/[a-z]/g, (name) => String(sizes[name]))
    .replaceAll(/(\((?:[^()]|\([^()]*\))*\)|\d+)\/(\d+)/g, 'Math.floor($1/$2)');
  return Number(new Function(`return ${numbers}`)());
};

it.each([
  ['resnet.net', 'ResNet50', '[h, w, 3]', '[97, 64, 3]', { h: 97, w: 64 }],
  ['densenet.net', 'DenseNet121', '[h, w, 3]', '[61, 90, 3]', { h: 61, w: 90 }],
  ['squeezenet.net', 'SqueezeNet', '[h, w, 3]', '[55, 70, 3]', { h: 55, w: 70 }],
  [
    'unet.net',
    'UNet',
    '[16*n, 16*m, 1] -> [16*n, 16*m, 2]',
    '[32, 48, 1] -> [32, 48, 2]',
    { n: 2, m: 3 },
  ],
])('%s %s', (file, name, free, fixed, sizes) => {
  const text = example(file);
  const open = check(text).net(name);
  const closed = check(text.replaceAll(free, fixed)).net(name).body;
  const placed = writtenOut(open);
  expect(totalOver(open.body, macsOf)).toBeUndefined();
  expect(evaluated(macsFormula(placed.layers) ?? '', sizes)).toBe(totalOver(closed, macsOf));
  expect(evaluated(flopsFormula(placed.layers) ?? '', sizes)).toBe(totalOver(closed, flopsOf));
  expect(closed.totals.macs).toBe(totalOver(closed, macsOf));
  // and the polynomials that assertions compare
  expect(valueAt(macsForAll(open.body), sizes)).toBe(totalOver(closed, macsOf));
  expect(valueAt(flopsForAll(open.body), sizes)).toBe(totalOver(closed, flopsOf));
  expect(valueAt(bytesForAll(open.body), sizes)).toBe(totalOver(closed, bytesOf));
});

it('is a number where no size is free', () => {
  expect(macsFormula(writtenOut(check(example('vgg.net')).net('D')).layers)).toBe('15_470_264_320');
});

it('multiplies plain factors out', () => {
  const formula = (type: string) =>
    macsFormula(
      writtenOut(
        check(`net N : ${type} -> _ { conv1-2; maxpool; conv1-2; maxpool(3, 2); conv1-2 }`).net(
          'N',
        ),
      ).layers,
    );
  // 6 and 4 multiply–adds a pixel
  expect(formula('[4*n, 4*m, 3]')).toBe('112*n*m + 4*(n - 1)*(m - 1)');
  expect(formula('[4*n, 8, 3]')).toBe('224*n + 4*(n - 1)');
  expect(formula('[h, w, 3]')).toBe('6*h*w + 4*(h/2)*(w/2) + 4*((h - 2)/4)*((w - 2)/4)');
});

describe('assertions for every image', () => {
  const net = 'net N : [h, w, 3] -> _ { conv3-8; maxpool; conv3-8 }\n';
  const codes = (assertion: string): readonly string[] =>
    check(`${net}assert ${assertion}`).found.map((d) => d.code);
  test.each([
    ['macs(N) == macs(N)', []],
    ['macs(N) > 215', []],
    ['macs(3x conv3-64 : [h, w, 64]) < macs(conv7-64 : [h, w, 64])', []],
    ['macs((maxpool; conv3-8) : [h, w, 8]) < macs(conv3-8 : [h, w, 8])', []],
    ['flops(conv3-8 : [h, w, 3]) > 2*macs(conv3-8 : [h, w, 3])', []],
    ['bytes(relu : [h, w, 3]) == bytes(conv3-3 : [h, w, 3])', []],
    ['not macs(N) == macs(conv3-1 : [h, w, 3])', []],
    ['macs(conv3-8 : [h, w, 3]) < 216', ['E0601']],
    ['macs(N) < 1_000_000', ['E0602']],
    ['macs(N) == 10_000', ['E0602']],
    ['macs(conv1-8 : [h, w, 8]) < macs((maxpool; conv3-8) : [h, w, 8])', ['E0602']],
    ['params(conv1-(macs(N)) : [h, w, 3]) > 3', ['E0302']],
    ['admissible(N) == "2.."', []],
    ['admissible(N) == "3.."', ['E0601']],
    ['admissible((conv3/2-3 + maxpool) : [h, w, 3]) == "1.."', ['E0601']],
  ] as const)('%s', (assertion, expected) => {
    expect(codes(assertion)).toEqual(expected);
  });
});
