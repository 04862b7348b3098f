/** Parameters in words, and the bounds that the words state. */
import { describe, expect, it } from 'vitest';
import { isExtent, isSides, square, within, withDefaults } from '../../src/ops/parts/args.ts';
import { paddings, type ArgValue, type Args } from '../../src/ops/params.ts';
import { isDefault, showBounds, showCall, showKind } from '../../src/ops/show.ts';
import { rowOf, table, words, type OperatorName } from '../../src/ops/table.ts';

const rows = [...table.values()];

const numbersIn = (v: ArgValue | undefined): readonly number[] =>
  typeof v === 'number' ? [v] : isExtent(v) || isSides(v) ? Object.values(v) : [];

describe('parameters', () => {
  it('have defaults and samples within their bounds', () => {
    for (const { name, params, samples } of rows)
      for (const { args } of samples)
        for (const p of params)
          for (const n of numbersIn(args[p.name]))
            expect(within(p.kind, n), `${name} ${p.name} ${n}`).toBe(true);
  });

  it.each<[OperatorName, string, readonly number[], readonly number[]]>([
    ['lrn', 'size', [-1, 0, 4], [1, 3, 5]],
    ['conv', 'stride', [0, 2 ** 31], [1, 4, 2 ** 31 - 1]],
    ['conv', 'pad', [-1, 65_537], [0, 65_536]],
    ['crop', 'by', [-1, 65_537], [0, 65_536]],
    ['dropout', 'rate', [-0.1, 1.1], [0, 0.5, 1]],
  ])('%s has bounds on `%s`', (op, parameter, outside, inside) => {
    const { kind } = rowOf(op).params.find((p) => p.name === parameter)!;
    expect(outside.filter((n) => within(kind, n))).toEqual([]);
    expect(inside.filter((n) => within(kind, n))).toEqual(inside);
  });

  it('take what they say', () => {
    const said = rows.flatMap(({ params }) =>
      params.map(({ kind }) => [showKind(kind), showBounds(kind)].filter(Boolean).join('; ')),
    );
    expect([...new Set(said)].join('\n')).toMatchInlineSnapshot(`
      "an integer or a size \`h x w\`; at least 1
      an integer; at least 1
      \`half\`, \`valid\`, \`same\`, an integer, \`[before, after]\`, or \`[top, bottom, left, right]\`; from 0 to 65536
      \`true\` or \`false\`
      \`floor\` or \`ceil\`
      a number; from 0 to 1
      an integer; odd and at least 1
      a number; from 0 to 1e6
      a number; from 0 to 1000
      a number; from 1e-12 to 1
      a number; from -1e9 to 1e9
      an integer, \`[before, after]\`, or \`[top, bottom, left, right]\`; from 0 to 65536
      a range \`a..b\` of integers
      \`nearest\` or \`bilinear\`"
    `);
  });

  it('name the words of the language once', () => {
    expect([...words]).toEqual([...paddings, 'floor', 'ceil', 'nearest', 'bilinear']);
  });
});

describe('calls', () => {
  const shown = (op: OperatorName, given: Args): string =>
    showCall(rowOf(op), withDefaults(rowOf(op).params, given));

  it('say what differs from the defaults', () => {
    const size = square(3);
    expect([
      shown('relu', {}),
      shown('conv', { size, channels: 64 }),
      shown('conv', { size: { h: 1, w: 7 }, channels: 64, stride: square(2), pad: 'valid' }),
      shown('maxpool', {}),
      shown('maxpool', { size, stride: square(2) }),
      shown('maxpool', { size, stride: size }),
      shown('batchnorm', { channels: 8, eps: 1e-3 }),
    ]).toEqual([
      'relu',
      'conv(3, 64)',
      'conv(1x7, 64, stride = 2, pad = valid)',
      'maxpool',
      'maxpool(size = 3, stride = 2)',
      'maxpool(size = 3)',
      'batchnorm(channels = 8, eps = 1e-3)',
    ]);
  });

  it('hold nothing but defaults where nothing is given', () => {
    for (const row of rows.filter((r) => r.params.every((p) => p.default !== undefined))) {
      const args = withDefaults(row.params, {});
      expect(row.params.filter((p) => !isDefault(p, args))).toEqual([]);
    }
  });
});
