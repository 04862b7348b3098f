/**
 * The stages of nets, runs of layers whose maps are of one size, with their convolutions. As in `flow.ts` no net is
 * written out: a subtree with many places is visited once, and its effect on the stages around it is repeated at each
 * place.
 */
import { largest } from '../../numeric/figures.ts';
import { batchNormalisation, identity, projectionOf } from '../../ops/roles.ts';
import { rowOf } from '../../ops/table.ts';
import { sameAxis, type MapType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { isCalled, isClosed } from './flow.ts';
import type { Typed, TypedNet } from './typed.ts';

/**
 * A convolution where it is written, and whether a batch norm follows it; undecided while a later layer can read its
 * value. One that is a shortcut is not asked for a batch norm.
 */
export type Convolution = { readonly span: Span; normalised: boolean; isShortcut: boolean };

/** In order of execution; `size` is that of its first map; undefined for layers that passes made. */
type Stage = {
  readonly size: MapType | undefined;
  readonly convolutions: readonly Convolution[];
};

/** The effect of a closed subtree, the same at each of its places. */
type Effect = {
  /** the stages that are not decided yet; the first may continue the stage before the subtree */
  readonly stages: readonly Stage[];
  /** of the last stage, at its end */
  readonly size: MapType | undefined;
  /** what goes out: what came in, the value of a convolution, or that of another layer */
  readonly out: 'input' | Convolution | undefined;
  /** a batch norm reads what comes in */
  readonly normalises: boolean;
  readonly last: Convolution | undefined;
};

/** Of convolutions that are alike two are enough: the lint asks whether none, one or more lack a batch norm. */
const ENOUGH = 2;

/** Of equal copies in a row three are enough: the first may continue a stage, and the stage of the last may go on. */
const ENOUGH_COPIES = 3;

/** The stages that a net adds to those of the nets before it, which may share subtrees with it. */
export type Stages = {
  /** without shortcuts */
  readonly stages: readonly (readonly Convolution[])[];
  /** the last convolution of the net, the same object as in its stage */
  readonly last: Convolution | undefined;
  /** whether a batch norm follows what is written there, at one of its uses */
  readonly isNormalised: (place: Span) => boolean;
};

const keyOf = ({ path, start, end }: Span): string => `${start} ${end} ${path}`;

/** Looks at the nets of a program one after the other. */
export const stageFinder = (): ((net: TypedNet) => Stages) => {
  const known: Known = { effects: new Map(), normalised: new Set() };
  const isNormalised = (place: Span): boolean => known.normalised.has(keyOf(place));
  return ({ body }) => {
    const decided: (readonly Convolution[])[] = [];
    const { stages, last } = effectOf(body, known, decided);
    const all = [...decided, ...stages.map((s) => s.convolutions)];
    return {
      stages: all.map((s) => s.filter(({ isShortcut }) => !isShortcut)),
      last,
      isNormalised,
    };
  };
};

/** The convolution whose value it is; undefined for the value of any other layer. */
type Value = Convolution | undefined;

/** What is known of all nets so far. */
type Known = {
  /** of their closed subtrees */
  readonly effects: Map<Typed, Effect>;
  /** places of convolutions that a batch norm follows, where it does */
  readonly normalised: Set<string>;
};

/** A subtree during its visit. */
type Walk = {
  readonly known: Known;
  /** stages that nothing outside their subtree can change, each once */
  readonly decided: (readonly Convolution[])[];
  readonly stages: (Stage & { readonly convolutions: Convolution[] })[];
  readonly remembered: Map<number, Value>;
  /** of the last map so far */
  size: MapType | undefined;
  last: Convolution | undefined;
};

/** The effect of a subtree, known after its first visit. */
const effectOf = (root: Typed, known: Known, decided: Walk['decided']): Effect => {
  const met = known.effects.get(root);
  if (met !== undefined) return met;
  const walk: Walk = {
    known,
    decided,
    stages: [],
    remembered: new Map(),
    size: undefined,
    last: undefined,
  };
  const before: Span = { ...root.span, end: root.span.start };
  const input: Convolution = { span: before, normalised: false, isShortcut: false };
  const out = through(walk, root, input);
  const { stages, size, last } = walk;
  const open = stages.filter(({ convolutions }, i) => {
    if (i === 0 || i === stages.length - 1) return true;
    return convolutions.some((conv) => conv === out || conv === last);
  });
  for (const stage of stages) if (!open.includes(stage)) decided.push(stage.convolutions);
  const effect: Effect = {
    stages: open.map((s) => ({ ...s, convolutions: telling(s.convolutions, out) })),
    size,
    out: out === input ? 'input' : out,
    normalises: input.normalised,
    last,
  };
  known.effects.set(root, effect);
  return effect;
};

const normalise = ({ known }: Walk, value: Value): void => {
  if (value === undefined) return;
  value.normalised = true;
  known.normalised.add(keyOf(value.span));
};

/** Gives the value that leaves `typed` for the one that comes in. */
const through = (walk: Walk, typed: Typed, value: Value): Value => {
  switch (typed.tag) {
    case 'op':
      if (typed.op === identity.name) return value;
      if (typed.op === batchNormalisation.name) normalise(walk, value);
      return made(walk, typed);
    case 'join':
      throughBranches(walk, typed, value);
      return made(walk, typed);
    case 'repeat':
      return telltale(typed.copies).reduce((v, copy) => throughShared(walk, copy, v), value);
    case 'folder':
      return (isCalled(typed) ? throughShared : through)(walk, typed.body, value);
    case 'remember': {
      const kept = through(walk, typed.body, value);
      walk.remembered.set(typed.key, kept);
      return kept;
    }
    case 'recall':
      return walk.remembered.has(typed.key) ? walk.remembered.get(typed.key) : value;
    case 'also':
      through(walk, typed.body, value);
      return value;
    case 'variant':
      // the author of the net did not write what passes leave, so another stage begins after it
      stageAt(walk, undefined);
      return undefined;
    case 'hole':
      return value;
    case 'sequence':
      return typed.steps.reduce((v, step) => through(walk, step, v), value);
  }
};

/** A convolution that is all the weights of a branch, beside a branch with more, is a shortcut of a sum. */
const throughBranches = (
  walk: Walk,
  { op, branches }: Extract<Typed, { readonly tag: 'join' }>,
  value: Value,
): void => {
  const most = largest(branches.map(({ totals }) => totals.weighted));
  for (const branch of branches) {
    const out = through(walk, branch, value);
    const isAlone = branch.totals.weighted === 1 && most > 1 && rowOf(op).stacks !== true;
    if (out !== undefined && out !== value && isAlone) out.isShortcut = true;
  }
};

/** A subtree that other places may hold too. */
const throughShared = (walk: Walk, typed: Typed, value: Value): Value =>
  isClosed(typed)
    ? again(walk, effectOf(typed, walk.known, walk.decided), value)
    : through(walk, typed, value);

/** The copies that can change the result; further equal ones are left out. */
const telltale = (copies: readonly Typed[]): readonly Typed[] =>
  copies.filter(
    (copy, i) => i < ENOUGH_COPIES || copies.slice(i - ENOUGH_COPIES, i).some((c) => c !== copy),
  );

/** Repeats the effect of a subtree here, with new convolutions for this place. */
const again = (walk: Walk, effect: Effect, value: Value): Value => {
  if (effect.normalises) normalise(walk, value);
  const own = new Map<Convolution, Convolution>();
  const ownOf = (conv: Convolution): Convolution => {
    const copy = own.get(conv) ?? { ...conv };
    own.set(conv, copy);
    return copy;
  };
  for (const [i, { size, convolutions }] of effect.stages.entries()) {
    if (i === 0) stageAt(walk, size);
    else walk.stages.push({ size, convolutions: [] });
    walk.stages[walk.stages.length - 1]!.convolutions.push(...convolutions.map(ownOf));
  }
  if (effect.stages.length > 0) walk.size = effect.size;
  if (effect.last !== undefined) walk.last = ownOf(effect.last);
  return effect.out === 'input' ? value : effect.out && ownOf(effect.out);
};

/** The value that a layer makes, which lies in the stage of its size. */
const made = (walk: Walk, typed: Extract<Typed, { readonly tag: 'op' | 'join' }>): Value => {
  const { op, output } = typed;
  const span = (typed.tag === 'op' ? typed.handed : undefined) ?? typed.span;
  const conv =
    op === projectionOf('map').name ? { span, normalised: false, isShortcut: false } : undefined;
  walk.last = conv ?? walk.last;
  if (output.tag !== 'map') return conv;
  stageAt(walk, output);
  if (conv !== undefined) walk.stages[walk.stages.length - 1]!.convolutions.push(conv);
  return conv;
};

/** Enters the stage of a layer whose map has this size: the current stage, or a new one. */
const stageAt = (walk: Walk, next: MapType | undefined): void => {
  const { size } = walk;
  const goesOn = size && next && sameAxis(size.h, next.h) && sameAxis(size.w, next.w);
  if (goesOn !== true) walk.stages.push({ size: next, convolutions: [] });
  walk.size = next;
};

/**
 * The convolutions that decide about a stage. The one whose value goes out counts too: a batch norm may still follow
 * it.
 */
const telling = (
  convolutions: readonly Convolution[],
  out: Convolution | undefined,
): readonly Convolution[] => {
  let [bare, normalised] = [0, 0];
  return convolutions.filter(
    (conv) =>
      conv === out || (!conv.isShortcut && (conv.normalised ? normalised++ : bare++) < ENOUGH),
  );
};
