/** How a call of an operator is written: in paper notation as far as it goes, without what it does anyway. */
import { defaultText } from '../show.ts';
import type { Row } from '../table.ts';
import { linkedBy } from '../paper.ts';

/** ⌊K/2⌋ for a window and a dilation that are plain numbers. */
const halfOf = (size: string | undefined, dilation = '1'): string | undefined =>
  /^\d+$/.test(size ?? '') && /^\d+$/.test(dilation)
    ? String(Math.floor((Number(dilation) * (Number(size) - 1) + 1) / 2))
    : undefined;

/** Whether padding `same` of an odd window at stride 1 is `half`. */
const isHalf = (pad: string, args: ReadonlyMap<string, string>): boolean => {
  const [size, stride = '1'] = [args.get('size'), args.get('stride')];
  if (pad === `${size}//2`) return true;
  const half = halfOf(size, args.get('dilation'));
  if (half === undefined) return false;
  if (pad === 'same') return stride === '1' && Number(size) % 2 === 1;
  return pad === half || (pad === 'valid' && half === '0');
};

/** Whether an argument says what the operator does without it. */
const isUsual = (
  row: Row,
  name: string,
  text: string,
  args: ReadonlyMap<string, string>,
): boolean => {
  const parameter = row.params.find((p) => p.name === name);
  const usual = parameter && defaultText(parameter);
  if (usual === undefined) return false;
  if (text === usual || (/^[\d.e-]+$/.test(text) && Number(text) === Number(usual))) return true;
  if (name === 'stride' && usual === 'size')
    return text === (args.get('size') ?? defaultText(row.params[0]!));
  if (name === 'include_pad') return text === 'true' && !args.has('pad');
  if (name !== 'pad') return false;
  if (usual === 'half') return isHalf(text, args);
  // of a transposed convolution without overlap nothing is cut off
  if (usual === 'same') return text === 'valid' && args.get('size') === args.get('stride');
  return usual === '0' && (text === 'valid' || text === '0');
};

const isSimple = (text: string): boolean => /^\w+$/.test(text);

/** `conv3-64/2(bias = false)`: paper notation as far as it goes. */
export const written = (row: Row, args: ReadonlyMap<string, string>): string => {
  const rest = new Map(args);
  const take = (name: string, allowed: (text: string) => boolean): string | undefined => {
    const text = rest.get(name);
    if (text === undefined || !allowed(text)) return undefined;
    rest.delete(name);
    return text;
  };
  const size = take('size', (t) => /^\d+(x\d+)?$/.test(t)) ?? '';
  const isSized = size !== '' || !row.params.some((p) => p.name === 'size');
  // the first parameter behind the size may follow a `-`
  const first = linkedBy('-', row.params);
  const leads = isSized && (first?.kind.tag === 'integer' || first?.kind.tag === 'sides');
  const count = leads ? take(first.name, isSimple) : undefined;
  const stride = isSized ? take('stride', isSimple) : undefined;
  const others = row.params.flatMap(({ name, default: usual }) => {
    const text = rest.get(name);
    if (text === undefined) return [];
    return [usual === undefined ? text : `${name} = ${text}`];
  });
  return [
    `${row.name}${size}`,
    count === undefined ? '' : `-${count}`,
    stride === undefined ? '' : `/${stride}`,
    others.length === 0 ? '' : `(${others.join(', ')})`,
  ].join('');
};

/** Parameters without those that say what the operator does anyway. */
export const unusual = (
  row: Row,
  args: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const left = new Map(args);
  // `pad` is needed to tell whether `include_pad` matters, and the size for both; `maxpool2` says more than `maxpool`
  for (const name of ['pad', 'stride', 'include_pad', ...row.params.map((p) => p.name)]) {
    const text = left.get(name);
    if (text !== undefined && name !== 'size' && isUsual(row, name, text, left)) left.delete(name);
  }
  return left;
};
