/** A layer whose sizes are fixed cannot stand when its branches differ, or when nothing is left of its map. */
import { expect, it } from 'vitest';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import { standing } from '../../src/ops/standing.ts';
import { rowOf, type OperatorName } from '../../src/ops/table.ts';
import { fixedAxis, freeAxis, image, mapType, type TensorType } from '../../src/ops/types.ts';
import { shapeIn } from './cases.ts';

const said = (op: OperatorName, given: Args, ...inputs: readonly TensorType[]): string => {
  const row = rowOf(op);
  const refusal = standing(shapeIn(row, withDefaults(row.params, given), inputs));
  return refusal?.tag === 'apart' ? `apart in ${refusal.condition.axis}` : (refusal?.tag ?? 'fine');
};

const by = { top: 2, bottom: 1, left: 0, right: 0 };

it.each<[OperatorName, Args, readonly TensorType[], string]>([
  ['add', {}, [image(4, 4, 2), image(4, 4, 2)], 'fine'],
  ['add', {}, [image(4, 4, 2), image(4, 5, 2)], 'apart in w'],
  ['concat', {}, [image(4, 4, 2), image(4, 4, 1), image(3, 4, 2)], 'apart in h'],
  ['crop', { by }, [image(4, 4, 2)], 'fine'],
  ['crop', { by }, [image(3, 4, 2)], 'empty'],
  // a free size may be what it has to be
  ['crop', { by }, [mapType(freeAxis('h'), fixedAxis(4), 2)], 'fine'],
  ['add', {}, [image(4, 4, 2), mapType(freeAxis('h'), fixedAxis(4), 2)], 'fine'],
])('%s %j on %j is %s', (op, args, inputs, expected) => {
  expect(said(op, args, ...inputs)).toBe(expected);
});
