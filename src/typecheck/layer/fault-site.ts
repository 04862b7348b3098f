/** The place where the types of a layer do not fit: the data for a report, and how it is made. */
import type { Diagnostic, Label } from '../../diagnostic/diagnostic.ts';
import { Bug } from '../../diagnostic/bug.ts';
import type { ShapeFault } from '../../ops/row.ts';
import type { Row } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { callLabels, type Context } from '../expr/context.ts';
import { splitSize } from '../expr/split-size.ts';
import { parametersOf } from '../expr/parameters.ts';
import { lookup } from '../expr/scope.ts';
import type { Scope } from '../expr/values.ts';
import type { Around } from '../net/branch-words.ts';
import { traceOf, type Trail } from '../net/trail.ts';
import type { Typed } from '../net/typed.ts';

/** A branch of a join as it was checked, or the place of a layer. */
type Branch = Pick<Typed, 'span'> | Typed;

/** The layer in question. */
export type LayerSite = {
  readonly row: Row;
  readonly span: Span;
  readonly inputs: readonly TensorType[];
  /** the branches of a join, else the layer itself */
  readonly branches: readonly Branch[];
  readonly trail: Trail;
  /** the names at a join */
  readonly scope?: Scope;
};

/** The layer in question, with the words for it. */
export type FaultSite = LayerSite & {
  /** the layer as messages call it, in backticks */
  readonly name: string;
  /** the input; for a join, the output of its first branch */
  readonly input: TensorType;
  readonly around: Around;
};

/** What kind of fault it is. */
export type FaultTag = ShapeFault['tag'];

/** The fault, or one of the faults, of these kinds. */
export type FaultOf<T extends FaultTag> = {
  readonly [K in T]: { readonly tag: K } & Extract<ShapeFault, { readonly tag: K }>;
}[T];

/** Says a fault of this kind in words. */
export type Words<T extends FaultTag> = (
  site: FaultSite,
  fault: FaultOf<T>,
  cx: Context,
) => Diagnostic;

/** Finds the words for a layer whose types do not fit. */
export const faultSite = (cx: Context, site: LayerSite): FaultSite => {
  const { row, inputs, scope } = site;
  const [input] = inputs;
  if (input === undefined) throw new Bug(`${row.name} without input`);
  const name = row.inputs.tag === 'join' ? row.inputs.sign : row.name;
  return { ...site, name: `\`${name}\``, input, around: aroundOf(cx, scope) };
};

const aroundOf = (cx: Context, scope: Scope | undefined): Around => ({
  text: cx.text,
  called: cx.calls.length > 0,
  numberOf: (name) => {
    const found = scope && lookup(scope, name);
    const value = found?.tag === 'entry' ? found.entry.value() : undefined;
    return value?.tag === 'number' ? value.value : undefined;
  },
  operator: (name) => {
    const found = scope && lookup(scope, name);
    return found?.tag === 'entry' && found.entry.from !== 'std' ? `std.${name}` : name;
  },
  takesStride: (name) => {
    const stem = splitSize(name)?.stem ?? name;
    const found = scope && (lookup(scope, name) ?? lookup(scope, stem));
    const value = found?.tag === 'entry' ? found.entry.value() : undefined;
    return (
      value?.tag === 'callable' &&
      value.callee.tag === 'definition' &&
      parametersOf(cx, value.callee).some((p) => p.name === 'stride')
    );
  },
});

/** Reports a fault of a layer, with the calls that led to it and the trail of its input. */
export const reportAt = (cx: Context, { trail }: LayerSite, fault: Diagnostic): void =>
  cx.report({
    ...fault,
    labels: [...fault.labels, ...callLabels(cx)],
    notes: [...traceOf(trail, cx.text), ...fault.notes],
  });

/** `1 channel`, `64 channels`. */
export const channelsOf = (n: number): string => `${n} channel${n === 1 ? '' : 's'}`;

/** A label at a branch of a join. */
export const branchLabel = (
  { branches }: LayerSite,
  branch: number,
  message: string,
): readonly Label[] => {
  const of = branches[branch];
  return of === undefined ? [] : [{ span: of.span, message }];
};

/** Two branches of a join, by their numbers: one as it should be, and one that differs. */
export type Pair = readonly [usual: number, odd: number];

/** What two branches of a join suggest, when they were checked. */
export const ofBranches = <A>(
  { branches }: LayerSite,
  [usual, odd]: Pair,
  suggest: (usual: Typed, odd: Typed) => readonly A[],
): readonly A[] => {
  const [a, b] = [branches[usual], branches[odd]];
  const areTyped = a !== undefined && 'tag' in a && b !== undefined && 'tag' in b;
  return areTyped ? suggest(a, b) : [];
};
