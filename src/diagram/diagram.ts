/**
 * A checked net as a drawing without coordinates: boxes, nested groups and the edges between boxes. SVG, DOT and Mermaid
 * are folds over this one value, so they show the same things.
 */
import type { Row } from '../ops/table.ts';

/** How much of a net is drawn, and how. */
export type Options = {
  /** write repeats out instead of drawing one copy with `3×` */
  readonly expand?: boolean;
  /** give every layer a box of its own instead of keeping `batchnorm` and `relu` with their convolution */
  readonly separate?: boolean;
  /** open so many levels of folders, of which deeper ones are single boxes; as many as stay readable unless given */
  readonly depth?: number;
  /** colours of the SVG: `auto` follows the reader's preference, the others are fixed */
  readonly theme?: 'auto' | 'light' | 'dark';
};

/** The kind of a box, for its colour. */
export type Family = Row['family'] | 'port' | 'folded';

/** A box of a drawing. */
export type Node = {
  readonly id: string; // unique in the diagram, `[a-z]+\d+`
  readonly kind: 'port' | 'layer' | 'join' | 'folded';
  readonly family: Family;
  readonly name: string; // the label it has in the source, or nothing
  readonly title: string; // in paper notation: `conv3-64/2`
  readonly sign?: '+' | '×'; // of a join that is drawn as one; the others are known by their titles
  readonly details: readonly string[]; // what else happens in the box: `valid`, `batchnorm`, `relu`
  readonly count: number; // of identical copies, one after the other
  readonly shape: string; // of the value that leaves the last copy: `112×112×64`
  readonly reshapes: boolean; // whether it differs from what comes in, so that it is worth writing
  readonly light?: true; // it needs no box of its own beside what it follows
  readonly tooltip: readonly string[]; // lines
  /** the numbers of the layers that it stands for, as `typecheck/net/flat.ts` counts them; all copies */
  readonly layers: readonly number[];
};

/** A frame around boxes. */
export type Group = {
  readonly id: string;
  readonly name: string; // nothing for a repeated sequence without a name
  readonly count: number;
  readonly figures: string; // parameters of all copies, `1.2 M`; nothing where there are none
  readonly shape: string;
  readonly reshapes: boolean; // whether the last copy gives another shape than the first
  readonly tooltip: readonly string[];
};

/**
 * The structure that is drawn: series-parallel, apart from remembered values. A part takes one value and gives one; an
 * empty sequence passes its value on.
 */
export type Part =
  | { readonly tag: 'node'; readonly node: Node }
  | { readonly tag: 'sequence'; readonly parts: readonly Part[] }
  /** every branch gets the value; the results meet in `join` */
  | { readonly tag: 'fork'; readonly branches: readonly Part[]; readonly join: Node }
  | { readonly tag: 'group'; readonly group: Group; readonly body: Part }
  /** remembers the value; keys are unique in the diagram */
  | { readonly tag: 'keep'; readonly key: number }
  /** goes on with the remembered value */
  | { readonly tag: 'recall'; readonly key: number }
  /** a branch that ends by itself; the value passes by */
  | { readonly tag: 'side'; readonly body: Part };

/** From box to box; `label` is a shape, or empty. */
export type Edge = {
  readonly from: string;
  readonly to: string;
  readonly kind: 'flow' | 'skip'; // a skip carries a remembered value
  readonly label: string; // the shape, where it is news
};

/** A drawing before it has coordinates. */
export type Diagram = {
  readonly title: string;
  readonly caption: string; // `138.4 M parameters · 15.47 G MACs`
  readonly body: Part; // from the input's box to the output's
  readonly nodes: readonly Node[]; // in order of execution
  readonly edges: readonly Edge[];
};

/** Whether a part has no box, though it may remember or recall something. */
export const isEmpty = (part: Part): boolean => {
  switch (part.tag) {
    case 'node':
    case 'fork':
    case 'side':
      return false;
    case 'keep':
    case 'recall':
      return true;
    case 'sequence':
      return part.parts.every(isEmpty);
    case 'group':
      return isEmpty(part.body);
  }
};

/** A part that does nothing: the value passes. */
export const passes = (part: Part): boolean => part.tag === 'sequence' && part.parts.every(passes);

/** The headline of a box, in large letters: `2× double: conv3-64`. Joins have signs instead. */
export const headlineOf = ({ kind, count, name, title, shape }: Node): string => {
  const times = count > 1 ? `${count}× ` : '';
  const label = name === '' ? '' : `${name}: `;
  return kind === 'port' ? `${title} ${shape}` : `${times}${label}${title}`;
};

/** The caption on the border of a group: `3× bottleneck`. */
export const captionOf = ({ count, name }: Group): string =>
  count > 1 ? `${count}× ${name}`.trimEnd() : name;

/** From left to right, so many boxes have room on a page; more go down it. */
const inOneLine = 8;

/** Whether a text notation lays the boxes out from left to right, which is shorter if they are few. */
export const isLine = ({ nodes }: Diagram): boolean => nodes.length <= inOneLine;
