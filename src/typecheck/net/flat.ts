/**
 * Every layer of a net in order of execution, with the path that names it. Paths say what the source
 * says: a net, a call of a definition, a block and a label are folders; a layer is called by the word
 * that applies it and its place among its namesakes in the folder, from 1, in the order of the text.
 */
import type { PlacedLayer, ValueId } from '../../graph/graph.ts';
import { identity } from '../../ops/roles.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { fixedOf } from './flow.ts';
import { sourceOf, type Naming, type Variant, type Typed, type TypedNet } from './typed.ts';

/** A net written out: the flat list that graphs, summaries and diagrams begin with. */
export type Placed = {
  readonly layers: readonly PlacedLayer[];
  /** the main output first, then those of `also` */
  readonly outputs: readonly { readonly name: string; readonly id: ValueId }[];
  /** names that are claimed twice, with the later place */
  readonly clashes: readonly Clash[];
  /** what passes made of nets that are used as layers */
  readonly parts: readonly Part[];
};

/** The layers of the places `from` up to `to`, below a folder: what passes left of a net, in its order. */
export type Part = {
  readonly variant: Variant;
  readonly folder: string;
  readonly from: number;
  readonly to: number;
};

/**
 * A path that two layers or folders share, or a name that two outputs share, with both places; the main output has
 * none.
 */
export type Clash = {
  readonly of: 'layer' | 'output';
  readonly path: string;
  readonly first: Span | undefined;
  readonly span: Span;
};

type Folder = {
  readonly path: string;
  readonly span: Span;
  readonly parent: Folder | undefined;
  readonly counts: Map<string, number>;
};

const newFolder = (path: string, span: Span, parent?: Folder): Folder => ({
  path,
  span,
  parent,
  counts: new Map(),
});

/** A layer, or a folder that holds it. */
type Named = Pick<Folder, 'path' | 'span' | 'parent'>;

/** From the outermost folder to the layer itself. */
const wayTo = (named: Named): readonly Named[] => {
  const way: Named[] = [];
  for (let at: Named | undefined = named; at !== undefined; at = at.parent) way.unshift(at);
  return way;
};

const isSame = (a: Span, b: Span): boolean =>
  a.start === b.start && a.end === b.end && a.path === b.path;

/** The clash of two layers of one path: their outermost folders that are written in different places. */
const clashOf = (first: Named, second: Named): Clash => {
  const [one, other] = [wayTo(first), wayTo(second)];
  const i = one.findIndex((at, i) => other[i] !== undefined && !isSame(at.span, other[i].span));
  const [a, b] = [one[i] ?? first, other[i] ?? second];
  const path = a.path === b.path ? a.path : second.path;
  return { of: 'layer', path, first: a.span, span: b.span };
};

const cache = new WeakMap<Typed, { readonly name: string; readonly placed: Placed }>();

type Placeable = Pick<TypedNet, 'name' | 'body'>;

/** All places of a net, written out: `3x f` gives three. */
export const placesOf = (net: Placeable): Placed => {
  const known = cache.get(net.body);
  if (known !== undefined && known.name === net.name) return known.placed;
  const placed = place(net);
  cache.set(net.body, { name: net.name, placed });
  return placed;
};

const place = (net: Placeable): Placed => {
  const layers: PlacedLayer[] = [];
  const extras: { name: string; id: ValueId }[] = [];
  const clashes: Clash[] = [];
  const parts: Part[] = [];
  const remembered = new Map<number, ValueId>();
  const paths = new Map<string, Named>();
  const outputs = new Map<string, Span | undefined>([['output', undefined]]);
  const typeOf = (id: ValueId): TensorType => (id === 0 ? net.body.input : layers[id - 1]!.output);

  const name = (folder: Folder, naming: Naming): string => {
    const text =
      naming.tag === 'label' && !naming.numbered ? naming.text : numbered(folder, naming.text);
    return `${folder.path}/${text}`;
  };

  /** Folders of one name merge; layers and side outputs must differ. */
  const claim = (named: Named): void => {
    const before = paths.get(named.path);
    if (before === undefined) paths.set(named.path, named);
    else clashes.push(clashOf(before, named));
  };
  const claimOutput = (path: string, span: Span): void => {
    if (outputs.has(path)) clashes.push({ of: 'output', path, first: outputs.get(path), span });
    else outputs.set(path, span);
  };

  let part: Span | undefined; // inside a net that passes made: its call, where a clash of names is reported
  const add = (folder: Folder, layer: Omit<PlacedLayer, 'id' | 'inputTypes'>): ValueId => {
    const id = layers.length + 1;
    if (part === undefined) claim({ path: layer.path, span: layer.span, parent: folder });
    layers.push({ ...layer, id, inputTypes: layer.inputs.map(typeOf) });
    return id;
  };

  /** `standing` is the path of a definition that has one layer with weights, which then takes it. */
  const walk = (
    typed: Typed,
    input: ValueId,
    folder: Folder,
    standing: string | undefined,
  ): ValueId => {
    const { span, output } = typed;
    switch (typed.tag) {
      case 'op': {
        const own = name(folder, typed.naming);
        if (typed.op === identity.name) return input; // it keeps its name and is not a layer
        const path = standing !== undefined && typed.totals.weighted > 0 ? standing : own;
        const { op, args } = typed;
        return add(folder, { op, args, inputs: [input], output, ...fixedOf(typed), path, span });
      }
      case 'sequence':
        return typed.steps.reduce((value, step) => walk(step, value, folder, standing), input);
      case 'repeat':
        return typed.copies.reduce((value, copy) => walk(copy, value, folder, standing), input);
      case 'join': {
        const inputs = typed.branches.map((branch) => walk(branch, input, folder, standing));
        const path = name(folder, typed.naming);
        const { op } = typed;
        return add(folder, { op, args: {}, inputs, output, ...fixedOf(typed), path, span });
      }
      case 'folder': {
        const path = name(folder, typed.naming);
        const one = typed.of === 'call' && typed.totals.weighted === 1;
        const stands = typed.of === 'net' ? undefined : (standing ?? (one ? path : undefined));
        return walk(typed.body, input, newFolder(path, span, folder), stands);
      }
      case 'variant': {
        const from = layers.length;
        part = folder.span;
        const value = walk(typed.body, input, folder, undefined);
        const { variant } = typed;
        const own = layers.slice(from).map((l) => l.path);
        const all = new Set([...own, ...sourcePaths({ variant, folder: folder.path })]);
        for (const path of all) claim({ path, span: part, parent: folder });
        part = undefined;
        parts.push({ variant, folder: folder.path, from, to: layers.length });
        return value;
      }
      case 'remember': {
        const value = walk(typed.body, input, folder, standing);
        remembered.set(typed.key, value);
        return value;
      }
      case 'recall': {
        // after a fault the layers that made it may be gone
        return remembered.get(typed.key) ?? input;
      }
      case 'also': {
        const path = name(folder, typed.naming);
        const id = walk(typed.body, input, newFolder(path, span, folder), undefined);
        const output = path.slice(path.lastIndexOf('/') + 1);
        claimOutput(output, part ?? span);
        extras.push({ name: output, id });
        return input;
      }
    }
  };
  const id = walk(net.body, 0, newFolder(net.name, net.body.span), undefined);
  return { layers, outputs: [{ name: 'output', id }, ...extras], clashes, parts };
};

/** The paths of the weights of a part; passes may have removed the layers that had them. */
const sourcePaths = ({ variant, folder }: Pick<Part, 'variant' | 'folder'>): readonly string[] => {
  const { layers, parts } = placesOf(sourceOf(variant.source));
  const inner = [...layers.map((l) => l.path), ...parts.flatMap(sourcePaths)];
  return inner.map((path) => `${folder}${path.slice(path.indexOf('/'))}`);
};

/** `conv1`, and `stage1_2` where the word ends with a digit. */
const numbered = (folder: Folder, word: string): string => {
  const n = (folder.counts.get(word) ?? 0) + 1;
  folder.counts.set(word, n);
  return /\d$/.test(word) ? `${word}_${n}` : `${word}${n}`;
};
