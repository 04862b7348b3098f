/** Formulas read back: with numbers for the sizes they give what is counted at those sizes. */
import { expect, it } from 'vitest';
import { flopsOf, macsOf, total } from '../../src/typecheck/facts.ts';
import { flopsFormula, macsFormula } from '../../src/typecheck/formulas.ts';
import { placesOf } from '../../src/typecheck/places.ts';
import { check, example } from '../programs.ts';

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
  const placed = placesOf(open);
  expect(total(open.body, macsOf)).toBeUndefined();
  expect(evaluated(macsFormula(placed) ?? '', sizes)).toBe(total(closed, macsOf));
  expect(evaluated(flopsFormula(placed) ?? '', sizes)).toBe(total(closed, flopsOf));
  expect(closed.totals.macs).toBe(total(closed, macsOf));
});

it('is a number where no size is free', () => {
  expect(macsFormula(placesOf(check(example('vgg.net')).net('D')))).toBe('15_470_264_320');
});
