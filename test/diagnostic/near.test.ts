import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { near } from '../../src/diagnostic/suggest.ts';

const known = ['conv', 'deconv', 'maxpool', 'avgpool', 'batchnorm', 'relu', 'relu6', 'stage1', 'k'];

describe('near names', () => {
  it.each([
    ['maxpol', ['maxpool']],
    ['maxopol', ['maxpool']],
    ['Relu', ['relu', 'relu6']],
    ['batch_norm', ['batchnorm']],
    ['BatchNorm', ['batchnorm']],
    ['covn', ['conv']],
    ['stage', ['stage1']],
    ['K', ['k']],
    ['c', []],
    ['residual', []],
    ['', []],
  ])('%s → %j', (name, expected) => {
    expect(near(name, known)).toEqual(expected);
  });

  it('offers no name for itself and keeps the order of equals', () => {
    expect(near('relu', ['relu', 'relu6', 'prelu'])).toEqual(['relu6', 'prelu']);
  });

  const word = fc.stringMatching(/^[a-z]{4,12}$/);

  it('finds a name after any one slip', () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'swap', 'double'), (name, n, slip) => {
        const i = n % (name.length - 1);
        const slipped = {
          drop: name.slice(0, i) + name.slice(i + 1),
          swap: name.slice(0, i) + name[i + 1]! + name[i]! + name.slice(i + 2),
          double: name.slice(0, i) + name[i]! + name.slice(i),
        }[slip];
        fc.pre(slipped !== name);
        expect(near(slipped, [name])).toEqual([name]);
      }),
    );
  });
});
