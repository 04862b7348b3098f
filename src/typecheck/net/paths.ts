/**
 * Paths, the names of layers. They say what the source says: a net, a call of a definition, a block and a label are
 * folders; a layer is called by the word that applies it and its place among its namesakes in the folder, from 1, in
 * the order of the text.
 */
import type { Span } from '../../syntax/source.ts';
import type { Naming } from './typed.ts';

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

/** What holds layers and other folders. It counts the namesakes in it. */
export type Folder = {
  readonly path: string;
  readonly span: Span;
  readonly parent: Folder | undefined;
  readonly counts: Map<string, number>;
};

/** An empty folder. */
export const newFolder = (path: string, span: Span, parent?: Folder): Folder => ({
  path,
  span,
  parent,
  counts: new Map(),
});

/** The path of what is next in a folder. Numbers are given out as it is asked for. */
export const nameIn = ({ path, counts }: Folder, naming: Naming): string =>
  `${path}/${isNumbered(naming) ? numbered(counts, naming.text) : naming.text}`;

const isNumbered = (naming: Naming): boolean => naming.tag === 'word' || naming.numbered;

/** The next namesake: `conv1`, and `stage1_2` where the word ends with a digit. */
const numbered = (counts: Map<string, number>, word: string): string => {
  const n = (counts.get(word) ?? 0) + 1;
  counts.set(word, n);
  return /\d$/.test(word) ? `${word}_${n}` : `${word}${n}`;
};

/** An `also`, once for each place where it stands. */
export type SideOutput = {
  readonly naming: Naming;
  readonly span: Span;
};

/**
 * The names of the side outputs of a net, in order of execution. An `also` that stands once gives its label; outputs
 * of one under a repetition, or in a definition that is used several times, are numbered over the whole net.
 */
export const outputNames = (all: readonly SideOutput[]): readonly string[] => {
  const places = new Map<string, number>();
  const key = ({ naming, span }: SideOutput): string =>
    `${naming.text} ${span.start} ${span.end} ${span.path}`;
  for (const output of all) places.set(key(output), (places.get(key(output)) ?? 0) + 1);
  const counts = new Map<string, number>();
  return all.map((output) =>
    isNumbered(output.naming) || places.get(key(output)) !== 1
      ? numbered(counts, output.naming.text)
      : output.naming.text,
  );
};

/** A layer, or a folder that holds it. */
type Named = Pick<Folder, 'path' | 'span' | 'parent'>;

/** Who has taken which name. Folders of one name merge; layers and side outputs must differ. */
export type Claims = {
  readonly layer: (named: Named) => void;
  readonly output: (name: string, span: Span) => void;
  /** names that were taken already */
  readonly clashes: readonly Clash[];
};

/** The name of the main output alone is taken. */
export const claims = (): Claims => {
  const layers = new Map<string, Named>();
  const outputs = new Map<string, Span | undefined>([['output', undefined]]);
  const clashes: Clash[] = [];
  return {
    clashes,
    layer: (named) => {
      const before = layers.get(named.path);
      if (before === undefined) layers.set(named.path, named);
      else clashes.push(clashOf(before, named));
    },
    output: (path, span) => {
      if (outputs.has(path)) clashes.push({ of: 'output', path, first: outputs.get(path), span });
      else outputs.set(path, span);
    },
  };
};

/** The clash of two layers of one path: their outermost folders that are written in different places. */
const clashOf = (first: Named, second: Named): Clash => {
  const [one, other] = [wayTo(first), wayTo(second)];
  const i = one.findIndex((at, i) => other[i] !== undefined && !isSame(at.span, other[i].span));
  const [a, b] = [one[i] ?? first, other[i] ?? second];
  const path = a.path === b.path ? a.path : second.path;
  return { of: 'layer', path, first: a.span, span: b.span };
};

/** From the outermost folder to the layer itself. */
const wayTo = (named: Named): readonly Named[] => {
  const way: Named[] = [];
  for (let at: Named | undefined = named; at !== undefined; at = at.parent) way.unshift(at);
  return way;
};

const isSame = (a: Span, b: Span): boolean =>
  a.start === b.start && a.end === b.end && a.path === b.path;
