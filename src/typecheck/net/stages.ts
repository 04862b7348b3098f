/**
 * The stages of nets, runs of layers whose maps are of one size, with their convolutions. As in `flow.ts` no
 * net is written out: a subtree that stands in many places is gone through once, and what it does to the
 * stages around it is done again at each of them.
 */
import { batchNormalisation, identity, projectionOf } from '../../ops/roles.ts';
import { sameAxis, type MapType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { childrenOf, isCalled, isClosed } from './flow.ts';
import type { Typed, TypedNet } from './typed.ts';

/** A convolution, and whether a batch norm follows it; which is open as long as its value can be read. */
export type Convolution = { readonly span: Span; normalised: boolean };

/** In order of execution; `size` is that of its first map, undefined of what passes made. */
type Stage = {
  readonly size: MapType | undefined;
  readonly convolutions: readonly Convolution[];
};

/** What a closed subtree does, wherever it stands. */
type Effect = {
  /** the first stage, which may go on one before it, the last, and others that are not decided yet */
  readonly stages: readonly Stage[];
  /** of the last stage, at its end */
  readonly size: MapType | undefined;
  /** what goes out: what came in, the value of a convolution, or that of another layer */
  readonly out: 'input' | Convolution | undefined;
  /** a batch norm reads what comes in */
  readonly normalises: boolean;
  readonly last: Convolution | undefined;
};

/** Of convolutions that are alike, two tell as much as a thousand: none has a batch norm, one, or more. */
const ENOUGH = 2;

/** Of copies of one layer in a row, three: the stage of the first may begin before it, and that of the last go on. */
const ENOUGH_COPIES = 3;

/** The stages that a net adds to those of the nets before it, which may share subtrees with it. */
export type Stages = {
  readonly stages: readonly (readonly Convolution[])[];
  /** the last convolution of the net, the same object as in its stage */
  readonly last: Convolution | undefined;
};

/** Looks at the nets of a program one after the other. */
export const stageFinder = (): ((net: TypedNet) => Stages) => {
  const known = new Map<Typed, Effect>();
  return ({ body }) => {
    const decided: (readonly Convolution[])[] = [];
    const { stages, last } = effectOf(body, known, decided);
    return { stages: [...decided, ...stages.map((s) => s.convolutions)], last };
  };
};

/** Stages that nothing outside the subtree can change go to `decided`, once. */
const effectOf = (
  root: Typed,
  known: Map<Typed, Effect>,
  decided: (readonly Convolution[])[],
): Effect => {
  const before = known.get(root);
  if (before !== undefined) return before;
  const stages: (Stage & { readonly convolutions: Convolution[] })[] = [];
  let size: MapType | undefined;
  let last: Convolution | undefined;
  const remembered = new Map<number, Convolution | undefined>();

  /** The stage of a layer that gives this: that before it, or a new one. */
  const stageAt = (next: MapType | undefined): void => {
    const goesOn = size && next && sameAxis(size.h, next.h) && sameAxis(size.w, next.w);
    if (goesOn !== true) stages.push({ size: next, convolutions: [] });
    size = next;
  };

  /** Does a subtree's effect here, with convolutions of this place. */
  const again = (effect: Effect, value: Convolution | undefined): Convolution | undefined => {
    if (effect.normalises && value !== undefined) value.normalised = true;
    const own = new Map<Convolution, Convolution>();
    const ownOf = (conv: Convolution): Convolution => {
      const copy = own.get(conv) ?? { ...conv };
      own.set(conv, copy);
      return copy;
    };
    for (const [i, stage] of effect.stages.entries()) {
      if (i === 0) stageAt(stage.size);
      else stages.push({ size: stage.size, convolutions: [] });
      stages[stages.length - 1]!.convolutions.push(...stage.convolutions.map(ownOf));
    }
    if (effect.stages.length > 0) size = effect.size;
    last = effect.last === undefined ? last : ownOf(effect.last);
    return effect.out === 'input' ? value : effect.out && ownOf(effect.out);
  };

  const shared = (typed: Typed, value: Convolution | undefined): Convolution | undefined =>
    isClosed(typed) ? again(effectOf(typed, known, decided), value) : walk(typed, value);

  /** Gives the convolution whose value the output is, if it is one's. */
  const walk = (typed: Typed, value: Convolution | undefined): Convolution | undefined => {
    switch (typed.tag) {
      case 'op':
        if (typed.op === identity.name) return value;
        if (typed.op === batchNormalisation.name && value !== undefined) value.normalised = true;
        return made(typed.op, typed.output, typed.span);
      case 'join':
        for (const branch of typed.branches) walk(branch, value);
        return made(typed.op, typed.output, typed.span);
      case 'repeat': {
        const { copies } = typed;
        const fresh = copies.filter(
          (copy, i) =>
            i < ENOUGH_COPIES || copies.slice(i - ENOUGH_COPIES, i).some((c) => c !== copy),
        );
        return fresh.reduce((v, copy) => shared(copy, v), value);
      }
      case 'folder':
        return isCalled(typed) ? shared(typed.body, value) : walk(typed.body, value);
      case 'remember': {
        const kept = walk(typed.body, value);
        remembered.set(typed.key, kept);
        return kept;
      }
      case 'recall':
        return remembered.has(typed.key) ? remembered.get(typed.key) : value;
      case 'also':
        walk(typed.body, value);
        return value;
      case 'remade':
        // what passes fold or drop is no habit of whoever wrote the net: another stage begins behind it
        stageAt(undefined);
        return undefined;
      default:
        return childrenOf(typed).reduce((v, part) => walk(part, v), value);
    }
  };

  const made = (op: string, output: TensorType, span: Span): Convolution | undefined => {
    const conv = op === projectionOf('map').name ? { span, normalised: false } : undefined;
    last = conv ?? last;
    if (output.tag !== 'map') return conv;
    stageAt(output);
    if (conv !== undefined) stages[stages.length - 1]!.convolutions.push(conv);
    return conv;
  };

  const input: Convolution = { span: root.span, normalised: false };
  const out = walk(root, input);
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
  known.set(root, effect);
  return effect;
};

/** Those by which a stage is judged; that whose value goes out may still be followed by a batch norm. */
const telling = (
  convolutions: readonly Convolution[],
  out: Convolution | undefined,
): readonly Convolution[] => {
  let [bare, normalised] = [0, 0];
  return convolutions.filter(
    (conv) => conv === out || (conv.normalised ? normalised++ : bare++) < ENOUGH,
  );
};
