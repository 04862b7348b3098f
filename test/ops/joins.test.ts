/** Joins of maps whose sizes are functions of the image: what must agree, and which side goes on. */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { rowOf, type OperatorName } from '../../src/ops/table.ts';
import {
  fixedAxis,
  freeAxis,
  image,
  mapType,
  showAxis,
  showType,
  unknownType,
  vectorType,
  type Axis,
  type TensorType,
} from '../../src/ops/types.ts';
import { through, type Step } from '../../src/size/sizes.ts';
import { shapeIn } from './cases.ts';

const after = (axis: Axis, step: Step): Axis => {
  const size = through(axis.size, step);
  if (E.isLeft(size)) throw new Error('too long');
  return { ...axis, size: size.right };
};

const h = freeAxis('h');
const halved: Axis = after(h, { times: 1, plus: 0, over: 2 });
const doubled: Axis = after(halved, { times: 2, plus: 0, over: 1 });

const join = (op: OperatorName, ...inputs: readonly TensorType[]): string => {
  const { type, conditions } = shapeIn(rowOf(op), {}, inputs);
  const asked = conditions.map(
    (c) => `${c.branch}: ${c.axis} = ${showAxis(c.first)} and ${showAxis(c.other)}`,
  );
  return [showType(type), ...asked].join('; ');
};

const map = (axis: Axis, c: number) => mapType(axis, fixedAxis(7), c);

it('asks for nothing where sizes are the same function', () => {
  expect(join('add', map(h, 3), map(h, 3))).toBe('[h, 7, 3]');
  expect(join('concat', map(doubled, 3), map(doubled, 4))).toBe('[2*(h/2), 7, 7]');
});

it('asks for each axis and further branch where they differ, and goes on with the simpler side', () => {
  expect(join('add', map(doubled, 3), map(h, 3))).toBe('[h, 7, 3]; 1: h = 2*(h/2) and h');
  expect(join('concat', map(h, 1), map(doubled, 2), map(fixedAxis(8), 3))).toBe(
    '[8, 7, 6]; 1: h = h and 2*(h/2); 2: h = h and 8',
  );
  expect(join('multiply', vectorType(2), image(3, 4, 2), image(3, 5, 2))).toBe(
    '[3, 4, 2]; 2: w = 4 and 5',
  );
});

it('agrees with everything unknown', () => {
  expect(join('add', unknownType, map(h, 3))).toBe('[h, 7, 3]');
  expect(join('add', unknownType, unknownType)).toBe('_');
  expect(join('concat', map(h, 3), unknownType)).toBe('[h, 7, _]');
  expect(join('concat', vectorType(3), unknownType)).toBe('[_]');
  expect(join('multiply', vectorType(3), unknownType)).toBe('_');
  expect(join('add', mapType('unknown', h, 'unknown'), mapType(h, h, 3))).toBe('[h, h, 3]');
});
