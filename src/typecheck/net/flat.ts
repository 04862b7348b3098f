/**
 * Every layer of a net in order of execution, with the path that names it (`paths.ts`).
 */
import { perObject } from '../../syntax/memo.ts';
import type { PlacedLayer, ValueId } from '../../graph/graph.ts';
import { identity } from '../../ops/roles.ts';
import type { Span } from '../../syntax/source.ts';
import {
  claims,
  nameIn,
  newFolder,
  outputNames,
  type Claims,
  type Clash,
  type Folder,
  type SideOutput,
} from './paths.ts';
import { sourceOf, type Typed, type TypedNet, type Variant } from './typed.ts';

/** A named value that a net gives. */
type Output = { readonly name: string; readonly id: ValueId };

/** A net written out: the flat list that graphs, summaries and diagrams begin with. */
export type WrittenOut = {
  readonly layers: readonly PlacedLayer[];
  /** the main output first, then those of `also` */
  readonly outputs: readonly Output[];
  /** names that are claimed twice, with the later place */
  readonly clashes: readonly Clash[];
  /** what passes made of nets that are used as layers */
  readonly parts: readonly Part[];
  /** the values that leave folders, by their paths: of a call, a block, a label, and of an `also` */
  readonly folders: ReadonlyMap<string, ValueId>;
};

/** The layers of the places `from` up to `to`, below a folder: what passes left of a net, in its order. */
export type Part = {
  readonly variant: Variant;
  readonly folder: string;
  readonly from: number;
  readonly to: number;
};

type Placeable = Pick<TypedNet, 'name' | 'body'>;

/** One body may be that of nets of several names. */
const byName = perObject((_body: Typed) => new Map<string, WrittenOut>());

/** All places of a net, written out: `3x f` gives three. */
export const writtenOut = (net: Placeable): WrittenOut => {
  const known = byName(net.body);
  const written = known.get(net.name) ?? place(net);
  known.set(net.name, written);
  return written;
};

/** What has been placed so far. */
type Placing = {
  readonly note: Note;
  readonly body: Typed;
  readonly layers: PlacedLayer[];
  readonly sides: (SideOutput & { readonly id: ValueId; readonly reportedAt: Span })[];
  readonly parts: Part[];
  readonly folders: Map<string, ValueId>;
  readonly claims: Claims;
  /** by the key of the mark */
  readonly remembered: Map<number, ValueId>;
};

/** Where something is placed. */
type Where = {
  readonly folder: Folder;
  /** the path of a definition that has one layer with weights, which then takes it */
  readonly standing?: string | undefined;
  /** inside a net that passes made: its call, where a clash of names is reported */
  readonly part?: Span | undefined;
};

/** The values that nodes of a net give at all their places, in order of execution. */
export const valuesOf = (net: Placeable, nodes: ReadonlySet<Typed>): readonly ValueId[] => {
  const values: ValueId[] = [];
  place(net, (typed, value) => {
    if (nodes.has(typed)) values.push(value);
  });
  return values;
};

/** Told of each node at each of its places, and of the value that it gives there. */
type Note = (typed: Typed, value: ValueId) => void;

const place = (net: Placeable, note: Note = () => {}): WrittenOut => {
  const placing: Placing = {
    note,
    body: net.body,
    layers: [],
    sides: [],
    parts: [],
    folders: new Map(),
    claims: claims(),
    remembered: new Map(),
  };
  const id = walk(placing, net.body, 0, { folder: newFolder(net.name, net.body.span) });
  const { layers, sides, parts, folders } = placing;
  const names = outputNames(sides);
  sides.forEach(({ reportedAt }, i) => placing.claims.output(names[i]!, reportedAt));
  const outputs = sides.map((side, i) => ({ name: names[i]!, id: side.id }));
  return {
    layers,
    outputs: [{ name: 'output', id }, ...outputs],
    clashes: placing.claims.clashes,
    parts,
    folders,
  };
};

/** Places an expression that is applied to a value, and gives the value that goes out. */
const walk = (placing: Placing, typed: Typed, input: ValueId, where: Where): ValueId => {
  const value = within(placing, typed, input, where);
  placing.note(typed, value);
  return value;
};

const within = (placing: Placing, typed: Typed, input: ValueId, where: Where): ValueId => {
  switch (typed.tag) {
    case 'op':
      return placeOp(placing, typed, input, where);
    case 'sequence':
      return typed.steps.reduce((value, step) => walk(placing, step, value, where), input);
    case 'hole':
      return input;
    case 'repeat':
      return typed.copies.reduce((value, copy) => walk(placing, copy, value, where), input);
    case 'join': {
      const inputs = typed.branches.map((branch) => walk(placing, branch, input, where));
      const path = nameIn(where.folder, typed.naming);
      const { op, output, span } = typed;
      return add(placing, where, { op, args: {}, inputs, output, path, span });
    }
    case 'folder':
      return placeFolder(placing, typed, input, where);
    case 'variant':
      return placeVariant(placing, typed, input, where);
    case 'remember': {
      const value = walk(placing, typed.body, input, where);
      placing.remembered.set(typed.key, value);
      return value;
    }
    case 'recall':
      // after a fault the layers that made it may be gone
      return placing.remembered.get(typed.key) ?? input;
    case 'also': {
      const path = nameIn(where.folder, typed.naming);
      const { naming, span } = typed;
      const id = walk(placing, typed.body, input, {
        folder: newFolder(path, span, where.folder),
        part: where.part,
      });
      placing.folders.set(path, id);
      placing.sides.push({ naming, span, id, reportedAt: where.part ?? span });
      return input;
    }
  }
};

/** A kind of typed expression. */
type TypedAs<Tag extends Typed['tag']> = Extract<Typed, { readonly tag: Tag }>;

const placeOp = (placing: Placing, typed: TypedAs<'op'>, input: ValueId, where: Where): ValueId => {
  const { op, args, naming, output, span, totals } = typed;
  const own = nameIn(where.folder, naming);
  if (op === identity.name) return input; // it keeps its name and is not a layer
  const path = where.standing !== undefined && totals.weighted > 0 ? where.standing : own;
  return add(placing, where, { op, args, inputs: [input], output, path, span });
};

const placeFolder = (
  placing: Placing,
  { of, naming, body, span, totals }: TypedAs<'folder'>,
  input: ValueId,
  { folder, standing, part }: Where,
): ValueId => {
  const path = nameIn(folder, naming);
  const own = of === 'call' && totals.weighted === 1 ? path : undefined;
  const value = walk(placing, body, input, {
    folder: newFolder(path, span, folder),
    standing: of === 'net' ? undefined : (standing ?? own),
    part,
  });
  placing.folders.set(path, value);
  return value;
};

const placeVariant = (
  placing: Placing,
  { variant, body }: TypedAs<'variant'>,
  input: ValueId,
  { folder }: Where,
): ValueId => {
  const from = placing.layers.length;
  const value = walk(placing, body, input, { folder, part: folder.span });
  const own = placing.layers.slice(from).map((layer) => layer.path);
  const all = new Set([...own, ...sourcePaths({ variant, folder: folder.path })]);
  for (const path of all) placing.claims.layer({ path, span: folder.span, parent: folder });
  placing.parts.push({ variant, folder: folder.path, from, to: placing.layers.length });
  return value;
};

const add = (
  { body, layers, claims }: Placing,
  { folder, part }: Where,
  layer: Omit<PlacedLayer, 'id' | 'inputTypes'>,
): ValueId => {
  const id = layers.length + 1;
  // the paths of a variant are claimed all together, with those that passes removed
  if (part === undefined) claims.layer({ path: layer.path, span: layer.span, parent: folder });
  const inputTypes = layer.inputs.map((i) => (i === 0 ? body.input : layers[i - 1]!.output));
  layers.push({ ...layer, id, inputTypes });
  return id;
};

/** The paths of the weights of a part; passes may have removed the layers that had them. */
const sourcePaths = ({ variant, folder }: Pick<Part, 'variant' | 'folder'>): readonly string[] => {
  const { layers, parts } = writtenOut(sourceOf(variant.source));
  const inner = [...layers.map((l) => l.path), ...parts.flatMap(sourcePaths)];
  return inner.map((path) => `${folder}${path.slice(path.indexOf('/'))}`);
};
