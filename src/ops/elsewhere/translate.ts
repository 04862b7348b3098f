/** Calls of other frameworks in netc's own words, with the same function. */
import { rowOf, table, type Row } from '../table.ts';
import type { ForeignCall, Part } from './answer.ts';
import { answerTo } from './elsewhere.ts';
import { parameterOf, roleOf, valueOf, type Role } from './parameters.ts';
import { lengthened } from './transposed.ts';
import { unusual, written } from './write.ts';

/** The arguments of a call as they are written. */
export type Given = {
  readonly positional: readonly string[];
  readonly named: readonly (readonly [name: string, value: string])[];
};

/** A call in netc's words, or an argument that netc has nothing for; undefined where the call says too little. */
export type Translation = { readonly tag: 'written'; readonly text: string } | Lacks;

type Lacks = {
  readonly tag: 'lacks';
  readonly argument: string | undefined;
  readonly role: Role | undefined;
};

const lacks = (argument?: string, role?: Role): Lacks => ({ tag: 'lacks', argument, role });

/** What there is in place of an argument that netc has nothing for. */
export const insteadOf = ({ instead = {} }: ForeignCall, made: Translation): readonly string[] =>
  made.tag === 'lacks' ? [instead[made.role ?? ''] ?? []].flat() : [];

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
const rolesOf = (rows: readonly Row[], order: readonly string[], given: Given): Roles | string => {
  const roles = new Map<Role, { readonly text: string; readonly shown: string }>();
  const roleIn = (name: string): Role | undefined =>
    rows.map((row) => ownRole(row, name)).find((role) => role !== undefined) ?? roleOf(name);
  const parts = order.map((word) => {
    const [name = '', role] = word.split(':');
    return { name, role: role ?? roleIn(name) };
  });
  for (const [i, text] of given.positional.entries()) {
    const role = parts[i]?.role;
    if (role === undefined) return text;
    roles.set(role, { text, shown: text });
  }
  for (const [name, text] of given.named) {
    const role = parts.find((part) => part.name === name)?.role ?? roleIn(name);
    const shown = `${name} = ${text}`;
    if (role === undefined || roles.has(role)) return shown;
    roles.set(role, { text, shown });
  }
  return roles;
};

/** An activation that stands alone, of a name such as `"relu"`; undefined for an unknown one, `''` for none. */
export const activation = (text: string): string | undefined => {
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

/** Python's arithmetic, which is not netc's. */
const isForeignArithmetic = (text: string): boolean => /\/\/|\*\*/.test(text);

/** The arguments of one layer of a call, by parameter. */
const argumentsOf = (
  row: Row,
  values: ReadonlyMap<Role, string>,
  { takes, always = {} }: Partial<Part>,
): ReadonlyMap<string, string> =>
  new Map(
    [...values, ...Object.entries(always)].flatMap(([role, value]) => {
      if (takes !== undefined && !takes.includes(role) && !(role in always)) return [];
      const parameter = parameterOf(role, (name) => row.params.some((p) => p.name === name));
      return parameter === undefined ? [] : [[parameter, value] as const];
    }),
  );

/** One layer in netc's words, with what stands before it; `added` is what makes its output longer. */
const layer = (
  row: Row,
  args: ReadonlyMap<string, string>,
  added: string | undefined,
): Translation => {
  if (row.params.some((p) => p.default === undefined && !args.has(p.name))) return lacks();
  const end = added === undefined ? 'as it is' : lengthened(args, added);
  if (end === undefined) return lacks(undefined, 'added');
  const left = unusual(row, end === 'as it is' ? args : new Map([...args, ['pad', end.pad]]));
  const odd = [...left.values()].find(isForeignArithmetic);
  if (odd !== undefined) return lacks(odd);
  const text = written(row, left);
  const border = end === 'as it is' ? undefined : end.border;
  return { tag: 'written', text: border === undefined ? text : `${border}; ${text}` };
};

/** The values of roles as netc writes them, without those that need not be written; or the first that netc has not. */
const valuesOf = (
  rows: readonly Row[],
  roles: Roles,
  isLengthened: boolean,
): ReadonlyMap<Role, string> | Lacks => {
  const values = new Map<Role, string>();
  const has = (name: string): boolean => rows.some((r) => r.params.some((p) => p.name === name));
  for (const [role, { text, shown }] of roles) {
    if (role === 'activation') continue;
    const value = role === 'share' ? shared(text, roles.get('size')?.text) : valueOf(role, text);
    if (value === undefined) return lacks(shown, role);
    if (value === '') continue;
    if (role === 'added' ? isLengthened : parameterOf(role, has) !== undefined)
      values.set(role, value);
    else if (value !== (role === 'added' ? '0' : '1') && role !== 'expected')
      return lacks(shown, role);
  }
  return values;
};

/**
 * A call of an operator with arguments of another framework, written in netc; several layers are joined by `;`.
 * Without `by` the arguments that are not named are in netc's order, and what is not given is netc's default.
 */
export const translated = (
  op: Row['name'] | undefined,
  by: ForeignCall | undefined,
  given: Given,
): Translation => {
  const parts: readonly (Partial<Part> & Pick<Part, 'op'>)[] =
    by?.parts ?? (op === undefined ? [] : [{ op }]);
  const rows = parts.map((part) => rowOf(part.op));
  const own = rows.flatMap(({ params }) => params.map((p) => p.name));
  const order = by === undefined ? own : (by.order?.split(' ') ?? []);
  const roles = rolesOf(
    rows,
    order.filter((word) => word !== ''),
    given,
  );
  if (typeof roles === 'string') return lacks(roles);
  const usual = Object.entries(by?.defaults ?? {}).map(
    ([role, text]) => [role, { text, shown: text }] as const,
  );
  const all = new Map([...usual, ...roles]);
  const values = valuesOf(rows, all, order.includes('output_padding'));
  if ('tag' in values) return values;
  const behind = activation(all.get('activation')?.text ?? 'None');
  if (behind === undefined) return lacks(all.get('activation')?.shown);
  const layers = parts.map((part, i) =>
    layer(rows[i]!, argumentsOf(rows[i]!, values, part), values.get('added')),
  );
  const texts = layers.flatMap((made) => (made.tag === 'written' ? [made.text] : []));
  const text = [...texts, ...(behind === '' ? [] : [behind])].join('; ');
  const missing = layers.find((made) => made.tag === 'lacks');
  if (missing?.role === 'added') return lacks(roles.get('added')?.shown, 'added');
  return missing ?? { tag: 'written', text };
};
