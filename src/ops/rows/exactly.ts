/** The layer that takes maps of one size alone. */
import * as E from 'fp-ts/lib/Either.js';
import { input } from '../../kernel/kernel.ts';
import { optionalCount } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { channelwise, noMacs, noWeights, perOutput, pointwise } from '../parts/rules.ts';
import type { Condition, Operator } from '../row.ts';
import { showSymbolic } from '../symbolic/values.ts';
import { axisOf, showSize, type Demand } from '../symbolic/types.ts';
import { extentOf, fixedAxis, freeAxis, image, mapType, vectorType } from '../types.ts';

const axes = [
  { axis: 'h', name: 'height' },
  { axis: 'w', name: 'width' },
] as const;

const free = mapType(freeAxis('h'), freeAxis('w'), 3);

/** y = x, where x has this height and width */
const exactly: Operator = {
  family: 'shape',
  doc: `The input itself, y = x, where it has this height and width; a map of another size is not taken.

Sizes of a declared input are those of training, and a net takes other images too, as far as its layers do. Behind
\`exactly\` it takes those for which the map has this size. A pass puts it in front of what its rule makes for one size
alone.`,
  examples: [
    '(exactly(8, 8); avgpool8; flatten) : [8, 8, 64] -> [64]',
    'exactly(height = 7) : [7, 9, 512] -> [7, 9, 512]',
  ],
  inputs: { tag: 'one' },
  params: [
    declare.maybeInteger('height', 'the height; every one where it is left out'),
    declare.maybeInteger('width', 'the width; every one where it is left out'),
  ],
  holdsSize: true,
  shape: (args, [x]) => {
    if (x.tag === 'vector') return E.left({ tag: 'rank', needs: 'map', found: x });
    let map = x.tag === 'map' ? x : mapType('unknown', 'unknown', 'unknown');
    const conditions: Condition[] = [];
    for (const { axis, name } of axes) {
      const expected = optionalCount(args, name);
      const before = map[axis];
      if (typeof expected !== 'number' || extentOf(before) === expected) continue;
      const found = extentOf(before);
      if (found !== undefined) return E.left({ tag: 'size', axis, expected, found });
      const held = fixedAxis(expected);
      if (before !== 'unknown')
        conditions.push({ tag: 'agree', axis, branch: 0, first: before, other: held });
      map = { ...map, [axis]: held };
    }
    return E.right({ type: map, conditions });
  },
  weights: noWeights,
  symbolic: {
    type: (_, args, [x]) => {
      if (x?.tag !== 'map') return undefined;
      const why = '`exactly` gets the size that it states';
      const demands = axes.flatMap(({ axis, name }): readonly Demand[] => {
        const expected = args[name];
        if (expected === undefined || expected.tag === 'absent') return [];
        const { num, den } = x[axis];
        return expected.tag === 'count' && den === 1
          ? [{ tag: 'equal', a: expected.count, b: num, why }]
          : [{ tag: 'holds', text: `${showSymbolic(expected)} is ${showSize(x[axis])}`, why }];
      });
      const held = (axis: 'h' | 'w', name: string) => {
        const expected = args[name];
        return expected?.tag === 'count' ? axisOf(expected.count) : x[axis];
      };
      return { type: { ...x, h: held('h', 'height'), w: held('w', 'width') }, demands };
    },
  },
  macs: noMacs,
  extraFlops: () => perOutput(0),
  field: () => pointwise,
  changes: channelwise,
  reference: (_, [x]) => x,
  lower: () => input(0),
  samples: [
    { args: { height: 3, width: 4 }, inputs: [image(3, 4, 2)] },
    { args: { height: 2 }, inputs: [image(2, 5, 1)] },
    { args: { width: 1 }, inputs: [image(6, 1, 3)] },
    { args: {}, inputs: [image(2, 3, 1)] },
    { args: {}, inputs: [free] },
  ],
  mistakes: [
    { args: { height: 3 }, inputs: [image(4, 3, 2)], fault: 'size' },
    { args: { height: 4, width: 5 }, inputs: [image(4, 3, 2)], fault: 'size' },
    { args: { height: 4 }, inputs: [vectorType(4)], fault: 'rank' },
  ],
};

/** Layers that ask for a size. */
export const holds = { exactly };
