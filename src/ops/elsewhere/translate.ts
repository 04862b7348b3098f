/** Calls of other frameworks in netc's own words, with the same function. */
import { defaultText } from '../show.ts';
import { rowOf, table, type Row } from '../table.ts';
import type { ForeignCall } from './answer.ts';
import { answerTo } from './elsewhere.ts';
import { parameterOf, roleOf, valueOf, type Role } from './parameters.ts';

/** The arguments of a call as they are written. */
export type Given = {
  readonly positional: readonly string[];
  readonly named: readonly (readonly [name: string, value: string])[];
};

/** A call in netc's words, or an argument that netc has nothing for; undefined where the call says too little. */
export type Translation =
  | { readonly tag: 'written'; readonly text: string }
  | { readonly tag: 'lacks'; readonly argument: string | undefined };

const lacks = (argument?: string): Translation => ({ tag: 'lacks', argument });

/** An argument by its role, with the text that a message quotes. */
type Roles = ReadonlyMap<Role, { readonly text: string; readonly shown: string }>;

/** The role of a parameter of an operator itself. */
const ownRole = ({ params }: Row, name: string): Role | undefined => {
  if (!params.some((p) => p.name === name)) return undefined;
  if (name === 'channels' || name === 'units')
    return params.some((p) => p.name === name && p.default?.tag === 'absent') ? 'expected' : 'out';
  return name;
};

/** The roles of the arguments; where one has none, or two have one, its text. */
const rolesOf = (row: Row, order: readonly string[], given: Given): Roles | string => {
  const roles = new Map<Role, { readonly text: string; readonly shown: string }>();
  const parts = order.map((word) => {
    const [name = '', role] = word.split(':');
    return { name, role: role ?? ownRole(row, name) ?? roleOf(name) };
  });
  for (const [i, text] of given.positional.entries()) {
    const role = parts[i]?.role;
    if (role === undefined) return text;
    roles.set(role, { text, shown: text });
  }
  for (const [name, text] of given.named) {
    const listed = parts.find((part) => part.name === name);
    const role = listed?.role ?? ownRole(row, name) ?? roleOf(name);
    const shown = `${name} = ${text}`;
    if (role === undefined || roles.has(role)) return shown;
    roles.set(role, { text, shown });
  }
  return roles;
};

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
const written = (row: Row, args: ReadonlyMap<string, string>): string => {
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
  const first = row.params.find((p) => p.name !== 'size' && p.name !== 'stride');
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

/** An activation that stands alone, of a name such as `"relu"`; undefined for an unknown one, `''` for none. */
const activation = (text: string): string | undefined => {
  const name = text
    .replaceAll(/["']/g, '')
    .replace(/^.*\./, '')
    .replace(/\(\s*\)$/, '');
  if (/^(None|linear|identity)$/i.test(name)) return '';
  const row = table.get(name);
  if (row !== undefined) return row.params.every((p) => p.default !== undefined) ? name : undefined;
  const answer = answerTo(name);
  if (answer?.tag === 'composed' && answer.exact) return answer.written;
  return answer?.tag === 'operator' && answer.calls?.some((c) => c.defaults !== undefined) !== true
    ? answer.op
    : undefined;
};

/** A value of one argument, where it depends on others: alpha of PyTorch's `lrn` is shared by the window. */
const shared = (text: string, size: string | undefined): string | undefined => {
  const share = Number(text) / Number(size ?? '5');
  return Number.isFinite(share) ? String(Number(share.toPrecision(12))) : undefined;
};

/** Parameters without those that say what the operator does anyway. */
const unusual = (row: Row, args: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const left = new Map(args);
  // `pad` is needed to tell whether `include_pad` matters, and the size for both; `maxpool2` says more than `maxpool`
  for (const name of ['pad', 'stride', 'include_pad', ...row.params.map((p) => p.name)]) {
    const text = left.get(name);
    if (text !== undefined && name !== 'size' && isUsual(row, name, text, left)) left.delete(name);
  }
  return left;
};

/** Python's arithmetic, which is not netc's. */
const isForeignArithmetic = (text: string): boolean => /\/\/|\*\*/.test(text);

/**
 * A call of an operator with arguments of another framework, written in netc; several layers are joined by `;`.
 * Without `by` the arguments that are not named are in netc's order, and what is not given is netc's default.
 */
export const translated = (
  op: Row['name'],
  by: ForeignCall | undefined,
  given: Given,
): Translation => {
  const row = rowOf(op);
  const order = by === undefined ? row.params.map((p) => p.name) : (by.order?.split(' ') ?? []);
  const roles = rolesOf(
    row,
    order.filter((word) => word !== ''),
    given,
  );
  if (typeof roles === 'string') return lacks(roles);
  const usual = Object.entries(by?.defaults ?? {}).map(
    ([role, text]) => [role, { text, shown: text }] as const,
  );
  const all = new Map([...usual, ...roles]);
  const args = new Map<string, string>();
  for (const [role, { text, shown }] of all) {
    if (role === 'activation') continue;
    const value = role === 'share' ? shared(text, all.get('size')?.text) : valueOf(role, text);
    if (value === undefined) return lacks(shown);
    if (value === '') continue;
    const parameter = parameterOf(role, (name) => row.params.some((p) => p.name === name));
    if (parameter !== undefined) args.set(parameter, value);
    else if (value !== '1' && role !== 'expected') return lacks(shown);
  }
  if (row.params.some((p) => p.default === undefined && !args.has(p.name))) return lacks();
  const left = unusual(row, args);
  const odd = [...left.values()].find(isForeignArithmetic);
  if (odd !== undefined) return lacks(odd);
  const behind = activation(all.get('activation')?.text ?? 'None');
  if (behind === undefined) return lacks(all.get('activation')?.shown);
  const text = written(row, left);
  return { tag: 'written', text: behind === '' ? text : `${text}; ${behind}` };
};
