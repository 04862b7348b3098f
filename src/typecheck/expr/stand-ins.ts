/** Arguments without a value, while a definition is tried: what they leave open, and what not. */
import { isExtent } from '../../ops/parts/args.ts';
import type { Args, ParamKind, OpParam } from '../../ops/params.ts';
import type { Row } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Trial } from './trial.ts';
import { flag, integer, type Value, type BoundArgument } from './values.ts';

/** A value of the kind; undefined for a word, because each word makes another layer. */
const standIn = (kind: ParamKind): Value | undefined => {
  switch (kind.tag) {
    case 'integer':
    case 'extent':
      return integer(1);
    case 'real':
    case 'sides':
      return integer(Math.max(0, kind.min));
    case 'padding':
      return { tag: 'builtin', name: 'valid' };
    case 'flag':
      return flag(false);
    case 'range':
      return { tag: 'range', from: 0, to: 1 };
    case 'word':
      return undefined;
  }
};

/** The arguments with stand-ins, and the values that these stand for, by parameter. */
export type Standing = {
  readonly given: readonly BoundArgument[];
  readonly open: ReadonlyMap<string, Value>;
};

export const withStandIns = (row: Row, given: readonly BoundArgument[]): Standing => {
  const open = new Map<string, Value>();
  const standing = given.map((g) => {
    const kind = row.params.find((p) => p.name === g.parameter)?.kind;
    const value = g.value();
    const instead = kind === undefined ? undefined : standIn(kind);
    const counted = kind?.tag === 'integer' && kind.counts === true && value.tag === 'count';
    const known = value.tag !== 'count' && value.tag !== 'unknown';
    if (instead === undefined || counted || known) return g;
    open.set(g.parameter, value);
    return { ...g, value: () => instead };
  });
  for (const p of row.params) {
    const value = p.default?.tag === 'as' ? open.get(p.default.parameter) : undefined;
    if (value !== undefined && !given.some((g) => g.parameter === p.name)) open.set(p.name, value);
  }
  return { given: standing, open };
};

/** Whether the number of channels may depend on the parameter. */
const counts = ({ kind }: OpParam): boolean =>
  kind.tag === 'range' || (kind.tag === 'integer' && kind.counts === true);

/** Whether heights and widths may depend on the parameter. */
const shapes = (p: OpParam): boolean =>
  ['extent', 'padding', 'sides'].includes(p.kind.tag) ||
  (p.kind.tag === 'integer' && p.kind.odd === undefined && !counts(p));

/**
 * The output without what depends on the stand-ins. With `same` padding the size of a window does not
 * matter; with `half` neither size nor dilation do if the size is odd: then K = r(k − 1) + 1 is odd and
 * ⌊(h + 2⌊K/2⌋ − K + s)/s⌋ = ⌊(h − 1 + s)/s⌋ for every K.
 */
export const blurred = (
  trial: Trial,
  row: Row,
  args: Args,
  { open }: Standing,
  typed: TensorType,
): TensorType => {
  const counting = row.params.some((p) => open.has(p.name) && counts(p));
  const output = counting && typed.tag !== 'unknown' ? { ...typed, c: 'unknown' as const } : typed;
  const shaping = row.params.filter((p) => open.has(p.name) && shapes(p)).map((p) => p.name);
  if (output.tag !== 'map' || shaping.length === 0) return output;
  const size = args['size'];
  const { pad } = args;
  const ofWindow = shaping.every((p) => p === 'size' || p === 'dilation');
  const odd = isExtent(size) && size.h % 2 === 1 && size.w % 2 === 1;
  if (ofWindow && pad === 'same') return output;
  if (ofWindow && pad === 'half' && odd) {
    const value = open.get('size');
    if (value?.tag === 'count') trial.conditions.push({ tag: 'odd', of: value.count });
    if (value === undefined || value.tag === 'count') return output;
  }
  return { ...output, h: 'unknown', w: 'unknown' };
};
