/**
 * Arguments in the order of another framework, which netc would take for something else: `conv(64, 3)` is a 64×64 window,
 * and the second `-` of `conv3-64-2` is padding.
 */
import { replace, warning, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { orderedCalls } from '../../ops/elsewhere/elsewhere.ts';
import { isInput, readWritten, type Written } from '../../ops/elsewhere/orders.ts';
import { translated, type Given } from '../../ops/elsewhere/translate.ts';
import { isExtent } from '../../ops/parts/args.ts';
import { projectionOf } from '../../ops/roles.ts';
import { rowOf, type Row } from '../../ops/table.ts';
import { extentOf, type TensorType } from '../../ops/types.ts';
import { followsDash } from '../../ops/paper.ts';
import type { Span } from '../../syntax/source.ts';
import type { Typed } from './typed.ts';

type Op = Extract<Typed, { readonly tag: 'op' }>;

/** The parameters that arguments behind `-` fill, in order. */
const dashed = ({ params }: Row): readonly string[] =>
  params.filter(followsDash).map(({ name }) => name);

type Named = Given['named'];

/** All arguments by name, those behind `-` as netc reads them. */
const asNamed = (row: Row, { size, dashes, stride, given }: Written): Named => [
  ...(size === undefined ? [] : [['size', size] as const]),
  ...dashes.map((text, i) => [dashed(row)[i] ?? '', text] as const),
  ...(stride === undefined ? [] : [['stride', stride] as const]),
  ...given.named,
];

const textOf = (row: Row, named: Named): string | undefined => {
  const made = translated(row.name, undefined, { positional: [], named });
  return made.tag === 'written' ? made.text : undefined;
};

const order = (row: Row): string =>
  `the order is ${row.params.map(({ name }) => `\`${name}\``).join(', ')}, and \`/\` stands before a stride`;

/** A fix with what it makes of the layer. */
const offer = (at: Span, text: string | undefined, effect: string): readonly Fix[] =>
  text === undefined ? [] : [replace(`write \`${text}\`, ${effect}`, at, text)];

const keeping = 'which is the same layer';

const noGiven: Given = { positional: [], named: [] };

/** The window and the stride of `conv3-64/2`. */
const inWords = (text: string): string => {
  const { size, stride = '1', given } = readWritten(text) ?? { given: noGiven, size: '1' };
  const [first = '1'] = given.positional;
  const square = size ?? (/^\d+$/.test(first) ? first : undefined);
  const window = square?.includes('x') === true ? square.replace('x', '×') : `${square}×${square}`;
  const step = given.named.find(([name]) => name === 'stride')?.[1] ?? stride;
  const stepping = /^\d+$/.test(step) ? step : `\`${step}\``;
  return `with a window of ${square === undefined ? `\`${first}\`` : window} and a stride of ${stepping}`;
};

/** A `-` whose argument is padding or dilation, or in a pool anything: a stride was meant. */
const furtherDash = (row: Row, written: Written, at: Span): readonly Diagnostic[] => {
  const { dashes, stride } = written;
  if (row.windows === undefined || dashes.length === 0) return [];
  const needed = row.params.some(
    ({ name, default: usual }) => name === 'size' && usual !== undefined,
  )
    ? 0
    : 1;
  const extra = dashes.slice(needed);
  const last = extra[extra.length - 1];
  if (last === undefined) return [];
  const first = dashed(row)[needed] ?? '';
  const named = asNamed(row, written);
  const kept = textOf(row, named);
  const others = named.filter(([name]) => !dashed(row).slice(needed).includes(name));
  const padded = extra.length > 1 ? [[first, extra[0]!] as const] : [];
  const meant =
    stride === undefined ? textOf(row, [...others, ...padded, ['stride', last]]) : undefined;
  const which = needed === 0 ? '' : 'second ';
  return [
    warning(
      'W0223',
      at,
      `the ${which}\`-\` of this \`${row.name}\` is its \`${first}\`, not a stride`,
      {
        label: `\`${first} = ${extra[0]!}\``,
        notes: [order(row)],
        fixes: [
          ...offer(at, meant, `with a stride of ${last}`),
          ...offer(at, kept === meant ? undefined : kept, keeping),
        ],
      },
    ),
  ];
};

/** A kernel for each channel as often as there are channels: the channels were meant. */
const multiplied = (
  row: Row,
  { args, input }: Op,
  written: Written,
  at: Span,
): readonly Diagnostic[] => {
  const multiplier = args['multiplier'];
  if (multiplier === undefined || input.tag === 'unknown' || typeof input.c !== 'number') return [];
  if (multiplier !== input.c || input.c < 3) return [];
  if (written.given.named.some(([name]) => name === 'multiplier')) return [];
  const { positional } = written.given;
  const size = written.size ?? positional[0];
  const named = asNamed(row, { ...written, size, dashes: [] });
  return [
    warning('W0223', at, `this \`${row.name}\` makes ${input.c * input.c} channels of ${input.c}`, {
      label: `${input.c} kernels for each of ${input.c} channels`,
      notes: [`without a number \`${row.name}\` makes one kernel for each channel that comes`],
      fixes: offer(at, textOf(row, named), 'with one kernel for each channel'),
    }),
  ];
};

/** Nobody enlarges so far at once: `upsample-128` has the channels of an up-convolution. */
const FAR = 64;

const farEnlarged = (row: Row, by: string, { args }: Op, at: Span): readonly Diagnostic[] => {
  const times = args[by];
  if (typeof times !== 'number' || times < FAR || times % 16 !== 0) return [];
  const meant = `(${row.name}-2; ${projectionOf('map').name}3-${times})`;
  return [
    warning('W0223', at, `this \`${row.name}\` makes a map ${times} times as high and as wide`, {
      label: `the number is the ${by}`,
      notes: [`\`${row.name}\` keeps the channels; a convolution behind it gives others`],
      fixes: offer(at, meant, `with a map twice as large and ${times} channels`),
    }),
  ];
};

/** Whether a window is larger than its map in both directions. */
const exceeds = (size: { readonly h: number; readonly w: number }, input: TensorType): boolean => {
  if (input.tag !== 'map') return false;
  const [h, w] = [extentOf(input.h), extentOf(input.w)];
  return h !== undefined && w !== undefined && size.h > h && size.w > w;
};

/**
 * Whether the first of several arguments is probably the channels that come in, as PyTorch has it; `strange` is the
 * window that it would be, where nobody means that.
 */
const beginsWithInput = (
  [first = '', , third]: readonly string[],
  channels: number | undefined,
  strange?: number,
): boolean => {
  if (isInput(first)) return true;
  if (third === undefined || channels === undefined) return false;
  return Number(first) === channels || (strange === channels && first !== third);
};

/** The calls of other frameworks that the arguments may be, written in netc. */
const otherOrders = (
  row: Row,
  { given, size, dashes, stride }: Written,
  channels: number | undefined,
  strange: number | undefined,
): readonly string[] => {
  if (size !== undefined) {
    const [channel, ...others] = dashes;
    const swapped =
      channel !== undefined && /^\d+$/.test(channel) && Number(channel) < Number(size);
    const named: Named = [['size', channel ?? ''], ['channels', size], ...given.named];
    const text = textOf(row, stride === undefined ? named : [...named, ['stride', stride]]);
    return swapped && others.length === 0 && text !== undefined ? [text] : [];
  }
  const { positional } = given;
  const areNumbers = positional.slice(0, 2).every((part) => /^\d/.test(part));
  // in a definition the numbers come from a call; their names may tell what they are
  const begins = beginsWithInput(positional, channels, strange);
  if (!areNumbers && !begins) return [];
  return orderedCalls(row.name).flatMap((call) => {
    const isTorch = call.by === 'PyTorch';
    if (isTorch !== begins) return [];
    if (!isTorch && Number(positional[1]) >= Number(positional[0])) return [];
    const made = translated(row.name, call, given);
    return made.tag === 'written' ? [made.text] : [];
  });
};

/** A window that nobody means: of 16 or more and even, or larger than its map; or a stride that was a window. */
const strangeWindow = (
  row: Row,
  { args, input }: Pick<Op, 'args' | 'input'>,
  written: Written,
  at: Span,
): readonly Diagnostic[] => {
  const [size, stride] = [args['size'], args['stride']];
  if (!isExtent(size) || !isExtent(stride) || input.tag !== 'map') return [];
  const channels = typeof input.c === 'number' ? input.c : undefined;
  // patches side by side are meant
  const isHuge = size.h === size.w && size.h >= 16 && size.h % 2 === 0 && stride.h !== size.h;
  const [first, , third] = written.given.positional;
  const isTorch =
    isInput(first ?? '') ||
    (third !== undefined &&
      Number(first) === channels &&
      Number(third) >= 3 &&
      Number(third) % 2 === 1);
  const isLarge = exceeds(size, input);
  if (!isHuge && !isLarge && !isTorch) return [];
  const strange = isHuge || isLarge ? size.h : undefined;
  const texts = otherOrders(row, written, channels, strange);
  if (texts.length === 0 && !isHuge) return [];
  const window = `${size.h}×${size.w}`;
  const stepping = stride.h > 1 ? ` and a stride of ${stride.h}` : '';
  return [
    warning('W0223', at, `this \`${row.name}\` has a window of ${window}${stepping}`, {
      label: isLarge ? 'the window is larger than its map' : `a window of ${window}${stepping}`,
      notes: [order(row)],
      fixes: [...new Set(texts)].flatMap((made) => offer(at, made, inWords(made))),
    }),
  ];
};

/** What says that a convolution may have been written in the order of another framework; `text` is at this place. */
export const otherOrder = (
  row: Row,
  layer: Pick<Op, 'args' | 'input'>,
  text: string,
  at: Span,
): Pick<Diagnostic, 'notes' | 'fixes'> | undefined => {
  const written = row === projectionOf('map') ? readWritten(text) : undefined;
  if (written?.stem !== row.name) return undefined;
  return strangeWindow(row, layer, written, at).find(({ fixes }) => fixes.length > 0);
};

/** Finds layers whose arguments are probably in the order of another framework. */
export const argumentReader = (
  text: (span: Span) => string,
): ((op: Op) => readonly Diagnostic[]) => {
  const known = new Map<string, Written | undefined>();
  const read = (at: Span): Written | undefined => {
    const words = text(at);
    if (!known.has(words)) known.set(words, readWritten(words));
    return known.get(words);
  };
  return (op) => {
    const row = rowOf(op.op);
    if (row.windows === undefined && row.projects === undefined && row.enlarges === undefined)
      return [];
    const at = op.handed ?? op.span;
    const written = read(at);
    // a layer that a pass made has the text of another one
    return written?.stem === row.name ? strangeArguments(row, op, written, at) : [];
  };
};

const strangeArguments = (row: Row, op: Op, written: Written, at: Span): readonly Diagnostic[] => {
  const dash = furtherDash(row, written, at);
  if (dash.length > 0) return dash;
  if (row.enlarges !== undefined) return farEnlarged(row, row.enlarges, op, at);
  const times = multiplied(row, op, written, at);
  if (times.length > 0 || row !== projectionOf('map')) return times;
  return strangeWindow(row, op, written, at);
};
