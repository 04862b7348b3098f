/** From the typed program to the drawing: layers that belong together in boxes, copies as one. */
import { Bug } from '../diagnostic/bug.ts';
import { short } from '../numeric/figures.ts';
import { identity } from '../ops/roles.ts';
import { childrenOf } from '../typecheck/net/flow.ts';
import type { Typed, TypedNet } from '../typecheck/net/typed.ts';
import { boxOf, foldedBox, framed, inSequence, multiplyAdds, phrase, portOf } from './boxes.ts';
import type { Copies } from './copies.ts';
import { isEmpty, type Diagram, type Options, type Part } from './diagram.ts';
import {
  endsAt,
  fieldOf,
  groupOf,
  inside,
  layersAt,
  nameOf,
  newDraft,
  type Draft,
  type Here,
} from './draft.ts';
import { edgesOf, nodesOf } from './edges.ts';
import { runsOf, times } from './repeats.ts';

/** A drawing with more boxes is folded, unless the options say how. */
const readable = 120;

/** A net as a drawing, as detailed as the options say. */
export const diagramOf = (net: TypedNet, options: Options = {}): Diagram => {
  const whole = drawn(net, options);
  const isAsked = options.depth !== undefined || options.expand === true;
  if (isAsked || whole.nodes.length <= readable) return whole;
  let folded = drawn(net, { ...options, depth: 1 });
  for (let depth = 2; ; depth++) {
    const deeper = drawn(net, { ...options, depth });
    // the deepest of all is the whole
    if (deeper.nodes.length > readable) return folded;
    folded = deeper;
  }
};

const drawn = (net: TypedNet, options: Options): Diagram => {
  const { totals } = net.body;
  const draft = newDraft(net, options);
  const body = sequence(draft, [
    { tag: 'node', node: portOf('in0', 'input', net.input) },
    build(draft, [{ typed: net.body, at: 0 }], 1),
    { tag: 'node', node: portOf('out0', 'output', net.output) },
  ]);
  return {
    title: net.name,
    caption: phrase(
      totals.params === 0 ? '' : `${short(totals.params)} parameters`,
      multiplyAdds(totals.macs),
    ),
    body,
    nodes: nodesOf(body),
    edges: edgesOf(body),
  };
};

const sequence = ({ options }: Draft, parts: readonly Part[]): Part =>
  inSequence(parts, options.separate !== true);

type Of<T extends Typed['tag']> = Extract<Typed, { readonly tag: T }>;

/**
 * The part that draws the places `here`, which lie below `level` folders: their names begin a path, and each of them but
 * the net has a frame.
 */
const build = (draft: Draft, here: Here, level: number): Part => {
  const { typed } = here[0]!;
  switch (typed.tag) {
    case 'op':
      return typed.op === identity.name ? sequence(draft, []) : box(draft, typed, here);
    case 'hole':
      return sequence(draft, []);
    case 'sequence':
    case 'variant':
      return sequence(draft, partsOf(draft, here, level));
    case 'repeat':
      return repeat(draft, here, level);
    case 'join':
      return {
        tag: 'fork',
        branches: partsOf(draft, here, level),
        join: boxOf(endsAt(draft, here), typed.input, fieldOf(draft)),
      };
    case 'folder':
      return folder(draft, typed, here, level);
    case 'remember': {
      const body = build(draft, inside(draft, here)[0]!, level);
      const key = ++draft.count.memories;
      draft.memories.set(typed.key, key);
      return sequence(draft, [body, { tag: 'keep', key }]);
    }
    case 'recall': {
      const key = draft.memories.get(typed.key);
      if (key === undefined) throw new Bug(`value ${typed.key} is recalled before it is there`);
      return { tag: 'recall', key };
    }
    case 'also':
      return side(draft, typed, here, level);
  }
};

const partsOf = (draft: Draft, here: Here, level: number): readonly Part[] =>
  inside(draft, here).map((places) => build(draft, places, level));

const box = (draft: Draft, { input, naming }: Of<'op'>, here: Here): Part => {
  const node = boxOf(endsAt(draft, here), input, fieldOf(draft));
  return { tag: 'node', node: { ...node, name: naming.tag === 'label' ? naming.text : '' } };
};

const repeat = (draft: Draft, here: Here, level: number): Part => {
  const parts = runsOf(draft, inside(draft, here)).map((run) => {
    const part = build(draft, run.flat(), level);
    return run.length > 1 && !isEmpty(part) ? times(draft, part, run) : part;
  });
  return sequence(draft, parts);
};

const folder = (draft: Draft, typed: Of<'folder'>, here: Here, level: number): Part => {
  const { naming, of } = typed;
  const name = nameOf(draft, here, naming.text, level);
  const { depth = Infinity } = draft.options;
  if (level >= depth && isFoldable(draft.copies, typed)) {
    const node = foldedBox(groupOf(draft, here, name), layersAt(draft, here), here.length);
    return { tag: 'node', node };
  }
  const body = build(draft, inside(draft, here)[0]!, level + 1);
  const isPlain = of === 'call' && naming.tag === 'word';
  return framed(() => groupOf(draft, here, name), body, isPlain ? '' : name);
};

/** Whether a folder can be one box: it has layers, and no line but its input and output crosses its border. */
const isFoldable = (copies: Copies, typed: Typed): boolean => {
  const [kept, recalled] = [new Set<number>(), new Set<number>()];
  const look = (t: Typed): void => {
    if (t.tag === 'remember') kept.add(t.key);
    if (t.tag === 'recall') recalled.add(t.key);
    new Set(childrenOf(t)).forEach(look);
  };
  look(typed);
  const isClosed =
    [...kept].every((k) => recalled.has(k)) && [...recalled].every((k) => kept.has(k));
  return isClosed && copies.layers(typed) > 1 && !copies.forksOff(typed);
};

/** A branch that ends by itself, in a port. */
const side = (draft: Draft, typed: Of<'also'>, here: Here, level: number): Part => {
  const branch = inside(draft, here)[0]!;
  const body = build(draft, branch, level + 1);
  const n = ++draft.count.outputs;
  const { name } = draft.written.outputs[n]!;
  const node = portOf(`out${n}`, name, typed.body.output);
  const frame = framed(() => groupOf(draft, branch, name), body, '');
  return { tag: 'side', body: sequence(draft, [frame, { tag: 'node', node }]) };
};
