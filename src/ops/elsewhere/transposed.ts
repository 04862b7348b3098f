/** Transposed convolutions of other frameworks whose output is longer than netc's. */

/** A border in front of the layer and what the layer then cuts off, as netc writes them. */
export type Lengthened = { readonly border: string | undefined; readonly pad: string };

/** Where the output ends at stride times the input, though the window is smaller: Keras without an `output_padding`. */
export const toTheStride = 'to the stride';

type Pair = readonly [h: number, w: number];

const pairIn = (text: string | undefined): Pair | undefined => {
  const [, h, w] = /^(\d+)(?:x(\d+))?$/.exec(text ?? '') ?? [];
  return h === undefined ? undefined : [Number(h), Number(w ?? h)];
};

/** What is cut off at the start and at the end of each axis. */
const cutsIn = (pad: string): readonly [Pair, Pair] | undefined => {
  if (pad === 'valid') return cutsIn('0');
  const listed = /^\[([\d, ]+)\]$/.exec(pad)?.[1]?.split(',').map(Number);
  const [top, bottom = top, left = top, right = bottom] = listed ?? [pairIn(pad)?.[0]];
  return top === undefined
    ? undefined
    : [
        [top, bottom!],
        [left!, right!],
      ];
};

/** `[before, after]` where both axes are alike, else the four sides. */
const sidesOf = ([h, w]: readonly [Pair, Pair]): string =>
  h[0] === w[0] && h[1] === w[1] ? `[${h.join(', ')}]` : `[${[...h, ...w].join(', ')}]`;

/** How many pixels longer the output is than s(h − 1) + k − 2p; undefined where texts do not tell. */
const lengthOf = (added: string, size: Pair | undefined, stride: Pair): Pair | undefined => {
  if (added !== toTheStride) return pairIn(added);
  if (stride[0] === 1 && stride[1] === 1) return [0, 0];
  return size && [Math.max(0, stride[0] - size[0]), Math.max(0, stride[1] - size[1])];
};

/**
 * The same layer with an output that is q pixels longer along each axis, at its end: so much less is cut off. Where p
 * pixels are fewer than q, z pixels of zeros behind the input make the output s·z longer, of which s·z + p − q are cut off:
 * they read zeros alone, and give the bias. 'as it is' where nothing is added, undefined where texts do not tell.
 */
export const lengthened = (
  args: ReadonlyMap<string, string>,
  added: string,
): Lengthened | 'as it is' | undefined => {
  const pad = args.get('pad') ?? 'same';
  const stride = pairIn(args.get('stride') ?? '1');
  // `same` is as long as the stride says, and with an `output_padding` Keras cuts other pixels off than any `pad` does
  if (pad === 'same') return added === toTheStride ? 'as it is' : undefined;
  const longer = stride && lengthOf(added, pairIn(args.get('size')), stride);
  if (longer?.every((q) => q === 0)) return 'as it is';
  const cuts = cutsIn(pad);
  if (stride === undefined || longer === undefined || cuts === undefined) return undefined;
  const zeros = cuts.map(([, after], i) =>
    Math.max(0, Math.ceil((longer[i]! - after) / stride[i]!)),
  );
  const along = (i: 0 | 1): Pair => [cuts[i][0], cuts[i][1] + stride[i] * zeros[i]! - longer[i]];
  const border = sidesOf([
    [0, zeros[0]!],
    [0, zeros[1]!],
  ]);
  return {
    border: zeros.some((z) => z > 0) ? `pad(${border})` : undefined,
    pad: sidesOf([along(0), along(1)]),
  };
};
