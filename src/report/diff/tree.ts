/** A comparison as a tree of folders: equal layers are left out, equal changes are shown once. */
import { digest } from '../../numeric/digest.ts';
import { rowOf } from '../../ops/table.ts';
import { showCall } from '../../ops/show.ts';
import { showType } from '../../ops/types.ts';
import type { Entry } from './compare.ts';
import { onlySizes, type Change } from './layers.ts';
import { repeats } from '../repeats.ts';

/** A line marked `equal` or `resized` may stand for several layers; the others are one layer each. */
export type Mark = 'folder' | 'equal' | 'resized' | 'changed' | 'added' | 'removed';

/** Trained numbers of the first net and of the second. */
export type Params = { readonly before: number; readonly after: number };

/** A line of the comparison. For copies it is the first, without the parts in which they differ. */
export type Branch = {
  readonly mark: Mark;
  readonly name: string;
  readonly to: string; // the name of the last copy
  readonly path: string;
  readonly count: number; // copies
  readonly layers: number;
  readonly what: string | undefined;
  readonly out: string | undefined;
  /** of all copies; undefined where it stands in copies that have not the same */
  readonly params: Params | undefined;
  readonly sign: string; // what copies have in common
  readonly children: readonly Branch[];
};

const arrow = ({ before, after }: Change): string => `${before} → ${after}`;

const isSize = ({ of }: Change): boolean => of === 'in' || of === 'out';

/** `conv, size 5 → 3, bias true → false`; sizes have a column of their own. */
export const describe = (op: string, changes: readonly Change[]): string => {
  const told = changes.filter((c) => !isSize(c));
  const operator = told.find((c) => c.of === 'operator');
  const others = told.filter((c) => c !== operator).map((c) => `${c.of} ${arrow(c)}`);
  return [operator === undefined ? op : arrow(operator), ...others].join(', ');
};

/** The output types; or the input types if only these changed, or if they cause other weights. */
const sizes = (entry: Extract<Entry, { readonly tag: 'changed' }>, type: string): string => {
  const { before, after, changes } = entry;
  const [into, out] = ['in', 'out'].map((of) => changes.find((c) => c.of === of));
  const reason = changes.every(isSize) && before.params !== after.params;
  if (into !== undefined && (out === undefined || reason)) return `in ${arrow(into)}`;
  return out === undefined ? type : arrow(out);
};

/** Whether a layer is only resized: another size comes in, so another goes out. It is not listed. */
export const isResized = (entry: Entry): boolean =>
  entry.tag === 'changed' && onlySizes(entry.changes) && entry.before.params === entry.after.params;

/** The description of a layer, and the part of it that copies must share. */
const toldOf = (entry: Entry): Pick<Branch, 'mark' | 'what' | 'out' | 'sign'> => {
  const { node } = entry.tag === 'removed' ? entry.before : entry.after;
  const type = showType(node.output);
  switch (entry.tag) {
    case 'equal':
      return { mark: 'equal', what: '', out: '', sign: '' };
    case 'changed': {
      const out = sizes(entry, type);
      if (isResized(entry)) return { mark: 'resized', what: '', out, sign: '' };
      const what = describe(node.op, entry.changes);
      return { mark: 'changed', what, out, sign: what };
    }
    case 'added':
    case 'removed':
      return {
        mark: entry.tag,
        what: showCall(rowOf(node.op), node.args),
        out: type,
        sign: node.op,
      };
  }
};

type Part = { readonly path: readonly string[]; readonly entry: Entry };

const paramsOf = (entry: Entry): Params => ({
  before: entry.tag === 'added' ? 0 : entry.before.params,
  after: entry.tag === 'removed' ? 0 : entry.after.params,
});

/** The line of a layer. If it has the path of its folder, as the body of a definition may, its operator is its name. */
const leaf = ({ entry, path }: Part, depth: number): Branch => {
  const { node } = entry.tag === 'removed' ? entry.before : entry.after;
  const name = path[depth] ?? node.op;
  const alone = { name, to: name, path: path.join('/'), count: 1, layers: 1, children: [] };
  return { ...alone, ...toldOf(entry), params: paramsOf(entry) };
};

const sum = (all: readonly (Params | undefined)[]): Params | undefined =>
  all.reduce((a, b) =>
    a === undefined || b === undefined
      ? undefined
      : { before: a.before + b.before, after: a.after + b.after },
  );

const layersOf = (all: readonly Branch[]): number => all.reduce((n, b) => n + b.layers, 0);

const isLeftOut = ({ mark }: Branch): boolean => mark === 'equal' || mark === 'resized';

/** Joins neighbours that are left out. */
const stretches = (branches: readonly Branch[]): readonly Branch[] => {
  const found: Branch[] = [];
  for (const b of branches) {
    const last = found.at(-1);
    if (last === undefined || last.mark !== b.mark || !isLeftOut(b)) found.push(b);
    else
      found[found.length - 1] = {
        ...last,
        layers: last.layers + b.layers,
        params: sum([last.params, b.params]),
      };
  }
  return found.map((b) => (isLeftOut(b) ? { ...b, sign: String(b.layers) } : b));
};

const shared = <A>(values: readonly A[], same: (a: A, b: A) => boolean): A | undefined =>
  values.every((v) => same(v, values[0]!)) ? values[0] : undefined;

const equalParams = (a: Params | undefined, b: Params | undefined): boolean =>
  a?.before === b?.before && a?.after === b?.after;

/** The common part of copies; they have the same sign, and so children of the same signs. */
const common = (copies: readonly Branch[]): Branch => {
  const [first] = copies;
  const text = (of: (b: Branch) => string | undefined) => shared(copies.map(of), Object.is);
  // the operator at least is the same
  const call = first!.what?.replace(/\(.*/, '(…)');
  return {
    ...first!,
    what: text((b) => b.what) ?? call,
    out: text((b) => b.out),
    params: shared(
      copies.map((b) => b.params),
      equalParams,
    ),
    children: first!.children.map((_, i) => common(copies.map((b) => b.children[i]!))),
  };
};

const together = (copies: readonly Branch[]): Branch => ({
  ...common(copies),
  to: copies.at(-1)!.to,
  count: copies.reduce((n, b) => n + b.count, 0),
  layers: layersOf(copies),
  params: sum(copies.map((b) => b.params)),
});

/** Joins neighbours that change in the same way. */
const collapse = (branches: readonly Branch[]): readonly Branch[] =>
  repeats(branches.map((b) => `${b.mark} ${b.count} ${b.sign}`)).flatMap(({ start, size, count }) =>
    Array.from({ length: size }, (_, k) =>
      together(Array.from({ length: count }, (_, i) => branches[start + k + i * size]!)),
    ),
  );

const folder = (path: readonly string[], children: readonly Branch[]): Branch => {
  const [only] = children;
  const name = path.at(-1) ?? '';
  if (only !== undefined && children.length === 1) {
    if (isLeftOut(only)) return only;
    if (only.mark === 'folder' && only.count === 1)
      return { ...only, name: `${name}/${only.name}`, to: `${name}/${only.name}` };
  }
  return {
    mark: 'folder',
    ...{ name, to: name, path: path.join('/'), count: 1, what: '', out: '', children },
    layers: layersOf(children),
    params: sum(children.map((b) => b.params)),
    sign: digest(JSON.stringify(children.map((b) => [b.mark, b.count, b.sign]))),
  };
};

/** The branches of layers whose paths agree up to `depth`; neighbours of one folder share a branch. */
const grown = (parts: readonly Part[], depth: number): readonly Branch[] => {
  const groups: Part[][] = [];
  for (const part of parts) {
    const current = groups.at(-1);
    const [first] = current ?? [];
    const isSameFolder =
      first !== undefined && part.path.length > depth && first.path[depth] === part.path[depth];
    if (isSameFolder && current !== undefined) current.push(part);
    else groups.push([part]);
  }
  const branches = groups.flatMap((group) =>
    group.every((part) => part.path.length <= depth + 1)
      ? group.map((part) => leaf(part, depth))
      : folder(group[0]!.path.slice(0, depth + 1), grown(group, depth + 1)),
  );
  return collapse(stretches(branches));
};

/** Layers are in the order of the second net; those it lacks stand at their old places. */
export const diffTree = (entries: readonly Entry[]): readonly Branch[] =>
  grown(
    entries.map((entry) => {
      const { node } = entry.tag === 'removed' ? entry.before : entry.after;
      return { path: node.path.split('/').slice(1), entry };
    }),
    0,
  );
