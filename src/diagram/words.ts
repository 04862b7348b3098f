/** Layers, shapes and numbers in the words of a figure. */
import { isRange, isSides, showArg } from '../ops/parts/args.ts';
import type { Args } from '../ops/params.ts';
import { isDefault } from '../ops/show.ts';
import { rowOf, type OperatorName } from '../ops/table.ts';
import { showAxis, showChannels, showType, type TensorType } from '../ops/types.ts';
import { showRatio, type ReceptiveField } from '../typecheck/net/receptive.ts';

/** A dimension of the first and the last of several copies: `64`, or `96…256` if they differ. */
const between = (first: string, last: string): string =>
  first === last ? first : `${first}…${last}`;

const dimensions = (t: TensorType): readonly string[] => {
  switch (t.tag) {
    case 'map':
      return [
        ...[t.h, t.w].map((a) =>
          showAxis(a)
            .replaceAll(/ |(?<=\d)\*/g, '')
            .replaceAll('-', '−'),
        ),
        showChannels(t.c),
      ];
    case 'vector':
      return [showChannels(t.c)];
    case 'unknown':
      return ['?'];
  }
};

/** `56×56×64`, `16n × 16m × 64`; of copies that differ, `56×56×96…256`. */
export const showShape = (first: TensorType, last: TensorType = first): string => {
  const [a, b] = [dimensions(first), dimensions(last)];
  if (a.length !== b.length) return between(showShape(first), showShape(last));
  const all = a.map((d, i) => between(d, b[i]!));
  return all.join(all.every((d) => /^[\d…?]+$/.test(d)) ? '×' : ' × ');
};

/** `[56, 56, 64] → [56, 56, 128]`, as the language writes types. */
export const showStep = (input: TensorType, output: TensorType): string =>
  `${showType(input)} → ${showType(output)}`;

/** `receptive field 7×7, stride 2×2`, in pixels of the image; one number where both are alike. */
export const showField = (field: ReceptiveField): string => {
  if (field === 'whole') return 'sees the whole input';
  const { h, w } = field;
  const both = (a: string, b: string): string => (a === b ? a : `${a}×${b}`);
  const stride = `stride ${both(showRatio(h.stride), showRatio(w.stride))}`;
  return Number.isFinite(h.span) && Number.isFinite(w.span)
    ? `receptive field ${both(String(h.span), String(w.span))}, ${stride}`
    : `sees the whole input, ${stride}`;
};

/** Parameters whose unusual values a figure must show. */
const notable = new Set(['pad', 'dilation', 'groups', 'method']);

/** `groups 2`, `valid`: in small letters under the title. */
export const notesOf = (op: OperatorName, args: Args): readonly string[] =>
  rowOf(op).params.flatMap((p) => {
    const value = args[p.name];
    if (value === undefined || !notable.has(p.name) || isDefault(p, args)) return [];
    if (typeof value === 'string') return [value];
    // a padding in pixels follows from the shapes
    return isSides(value) || isRange(value) ? [] : [`${p.name} ${showArg(value)}`];
  });

/** With every argument: `conv(size = 3, channels = 64, stride = 1, …)`. */
export const callOf = (op: OperatorName, args: Args): string => {
  const given = rowOf(op).params.flatMap(({ name }) => {
    const value = args[name];
    return value === undefined ? [] : [`${name} = ${showArg(value)}`];
  });
  return given.length === 0 ? op : `${op}(${given.join(', ')})`;
};
