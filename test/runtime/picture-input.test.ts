import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  channelsOf,
  decodeInput,
  defaultInput,
  encodeInput,
  inputKey,
  inputOfMetadata,
  orders,
  type Input,
} from '../../src/runtime/store/preprocess.ts';

const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0); // JSON has no −0
const input: fc.Arbitrary<Input> = fc.constantFrom(...orders).chain((order) => {
  const n = channelsOf(order);
  const list = (x: fc.Arbitrary<number>) =>
    fc.oneof(fc.constant([]), fc.array(x, { minLength: n, maxLength: n }));
  const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  return fc.record(
    {
      order: fc.constant(order),
      scale: real,
      mean: list(real),
      std: list(positive),
      resize: fc.integer({ min: 1, max: 4096 }),
      crop: fc.integer({ min: 1, max: 4096 }),
    },
    { requiredKeys: ['order', 'scale', 'mean', 'std'] },
  );
});

test('what is encoded is decoded again', () =>
  fc.assert(
    fc.property(input, (i) => {
      expect(decodeInput(encodeInput(i))).toEqual(E.right(i));
    }),
  ));

test('what is left out is rgb in 0–255', () => {
  expect(decodeInput('{}')).toEqual(E.right(defaultInput(3)));
  expect(defaultInput(3)).toEqual({ order: 'rgb', scale: 1, mean: [], std: [] });
  expect(defaultInput(1).order).toBe('grey');
});

test.each([
  ['', 'is not JSON'],
  ['[]', 'is not an object of JSON'],
  ['{"order":"rbg"}', 'needs an `order` of rgb, bgr, grey'],
  ['{"order":"bgr","order":"rgb"}', 'has `order` twice'],
  ['{"scale":"1"}', 'needs a number as `scale`'],
  ['{"scale":1e999}', 'needs a number as `scale`'],
  ['{"mean":[1,2]}', 'needs 3 numbers as `mean`'],
  ['{"mean":[1,2,null]}', 'needs 3 numbers as `mean`'],
  ['{"std":[1,0,1]}', 'needs 3 positive numbers as `std`'],
  ['{"order":"grey","std":[1,1,1]}', 'needs 1 positive numbers as `std`'],
  ['{"resize":0}', 'needs a number of pixels as `resize`'],
  ['{"resize":1e9}', 'needs a number of pixels as `resize`'],
  ['{"crop":1.5}', 'needs a number of pixels as `crop`'],
  ['{"means":[1,2,3]}', 'has `means`, which netc does not know'],
])('%s: it %s', (json, reason) => expect(decodeInput(json)).toEqual(E.left(reason)));

test('any text is no exception', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
      decodeInput(json);
    }),
  ));

test('the metadata of a weight file has it, or nothing', () => {
  expect(inputOfMetadata('w', new Map(), 1)).toEqual(E.right(defaultInput(1)));
  expect(inputOfMetadata('w', new Map([[inputKey, '{"order":"bgr"}']]), 3)).toMatchObject({
    right: { order: 'bgr' },
  });
  expect(inputOfMetadata('w', new Map([[inputKey, '{']]), 3)).toMatchObject({
    left: { code: 'E0504', message: expect.stringContaining('`netc.input` is not JSON') },
  });
});
