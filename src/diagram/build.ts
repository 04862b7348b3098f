/**
 * From the typed program to the drawing. Places are visited in the order of `typecheck/net/places.ts`, so
 * that every box knows its layers. Copies that are drawn once are visited together: `here` holds the same
 * place in each of them.
 */
import { Bug } from '../diagnostic/bug.ts';
import { short, total } from '../numeric/figures.ts';
import { identity } from '../ops/roles.ts';
import { showType } from '../ops/types.ts';
import { fieldsOf } from '../typecheck/net/facts.ts';
import { childrenOf } from '../typecheck/net/flow.ts';
import { placesOf } from '../typecheck/net/places.ts';
import type { PlacedLayer } from '../graph/graph.ts';
import type { Typed, TypedNet } from '../typecheck/net/typed.ts';
import {
  boxOf,
  foldedBox,
  framed,
  inSequence,
  multiplyAdds,
  parameters,
  phrase,
  portOf,
} from './boxes.ts';
import { copiesOf } from './copies.ts';
import { isEmpty, type Diagram, type Group, type Options, type Part } from './diagram.ts';
import { edgesOf, nodesOf } from './edges.ts';
import { showShape, showStep } from './words.ts';

/** A place: a subtree, and how many layers come before it. */
type Place = { readonly typed: Typed; readonly at: number };

/** Layers that belong together in boxes, copies as one, and what the options ask for. */
export const diagramOf = (net: TypedNet, options: Options = {}): Diagram => {
  const placed = placesOf(net);
  const fields = fieldsOf(placed.layers);
  const copies = copiesOf();
  const separate = options.separate ?? false;
  const depth = options.depth ?? Infinity;
  const keys = new Map<number, number>(); // a remembered value is another one at every place
  let [groups, memories, ended] = [0, 0, 0];

  const fieldOf = (layer: PlacedLayer) => fields[layer.id]!;
  const sequence = (parts: readonly Part[]): Part => inSequence(parts, !separate);

  const below = ({ typed, at }: Place): readonly Place[] => {
    let next = at;
    return childrenOf(typed).map((child) => {
      const place = { typed: child, at: next };
      next += copies.layers(child);
      return place;
    });
  };

  /** The places below, the first of every copy, then the second of every copy, … */
  const inside = (here: readonly Place[]): readonly (readonly Place[])[] => {
    const all = here.map(below);
    return all[0]!.map((_, i) => all.map((places) => places[i]!));
  };

  const layersAt = (here: readonly Place[]): readonly PlacedLayer[] =>
    here.flatMap(({ typed, at }) => placed.layers.slice(at, at + copies.layers(typed)));

  /** As in the names of weights, `block3`; of several copies the word alone. */
  const nameOf = (here: readonly Place[], word: string, level: number): string => {
    const { typed, at } = here[0]!;
    if (here.length > 1 || copies.layers(typed) === 0) return word;
    const name = placed.layers[at]!.path.split('/')[level] ?? word;
    return name.startsWith(word) ? name : word;
  };

  const groupOf = (here: readonly Place[], name: string): Group => {
    const [first, last] = [here[0]!.typed, here.at(-1)!.typed];
    const params = here.reduce((n, { typed }) => n + typed.totals.params, 0);
    const work = total(here.map(({ typed }) => typed.totals.macs));
    return {
      id: `g${++groups}`,
      name,
      count: 1,
      figures: params === 0 ? '' : short(params),
      shape: showShape(first.output, last.output),
      reshapes: false,
      tooltip: [
        name,
        showStep(first.input, last.output),
        phrase(parameters(params), multiplyAdds(work)),
      ].filter((line) => line !== ''),
    };
  };

  /** `part`, drawn once for `count` copies at each of `here`, which are repeats or runs of them. */
  const times = (count: number, part: Part, here: readonly (readonly Place[])[]): Part => {
    const run = here[0]!;
    const lastRun = here.at(-1)!;
    const shape = showShape(run.at(-1)!.typed.output, lastRun.at(-1)!.typed.output);
    const [first, last] = [run[0]!.typed, run.at(-1)!.typed];
    if (part.tag === 'node') {
      const reshapes = showType(first.input) !== showType(last.output);
      const tooltip = [`${count} copies`, ...part.node.tooltip];
      const node = { ...part.node, count: part.node.count * count, shape, reshapes, tooltip };
      return { tag: 'node', node };
    }
    const reshapes = showType(first.output) !== showType(last.output);
    // 2 copies of 3 copies are 6, unless a frame with a name is around the 3
    const group =
      part.tag === 'group' && (part.group.count === 1 || part.group.name === '')
        ? part.group
        : groupOf(here.flat(), '');
    const body = part.tag === 'group' && group === part.group ? part.body : part;
    const tooltip = [`${count} copies`, ...group.tooltip];
    return {
      tag: 'group',
      group: { ...group, count: group.count * count, shape, reshapes, tooltip },
      body,
    };
  };

  const repeat = (here: readonly Place[], level: number, frames: number): Part => {
    const all = inside(here); // copy by copy
    const parts: Part[] = [];
    for (let i = 0; i < all.length;) {
      const alike = (k: number): boolean => {
        const { typed } = all[k]![0]!;
        return copies.sign(typed) === copies.sign(all[i]![0]!.typed) && !copies.forksOff(typed);
      };
      let end = i + 1;
      if (options.expand !== true) while (end < all.length && alike(end)) end++;
      const run = all.slice(i, end);
      const part = build(run.flat(), level, frames);
      const byPlace = here.map((_, k) => run.map((places) => places[k]!));
      parts.push(run.length > 1 && !isEmpty(part) ? times(run.length, part, byPlace) : part);
      i = end;
    }
    return sequence(parts);
  };

  /** Whether a folder can be one box: it has layers, and no line but the one runs through its walls. */
  const foldable = (typed: Typed): boolean => {
    const [kept, recalled] = [new Set<number>(), new Set<number>()];
    const look = (t: Typed): void => {
      if (t.tag === 'remember') kept.add(t.key);
      if (t.tag === 'recall') recalled.add(t.key);
      new Set(childrenOf(t)).forEach(look);
    };
    look(typed);
    const closed =
      [...kept].every((k) => recalled.has(k)) && [...recalled].every((k) => kept.has(k));
    return closed && copies.layers(typed) > 1 && !copies.forksOff(typed);
  };

  /** `level`: the folders above, which begin a path; `frames`: the frames that are drawn around. */
  const build = (here: readonly Place[], level: number, frames: number): Part => {
    const { typed } = here[0]!;
    switch (typed.tag) {
      case 'op': {
        if (typed.op === identity.name) return sequence([]);
        const layers = here.map(({ at }) => placed.layers[at]!);
        const node = boxOf(layers, typed.input, fieldOf);
        const name = typed.naming.tag === 'label' ? typed.naming.text : '';
        return { tag: 'node', node: { ...node, name } };
      }
      case 'sequence':
      case 'remade':
        return sequence(inside(here).map((places) => build(places, level, frames)));
      case 'repeat':
        return repeat(here, level, frames);
      case 'join': {
        const branches = inside(here).map((places) => build(places, level, frames));
        const ends = here.map(({ typed: t, at }) => placed.layers[at + copies.layers(t) - 1]!);
        return { tag: 'fork', branches, join: boxOf(ends, typed.input, fieldOf) };
      }
      case 'folder': {
        const { naming } = typed;
        const name = nameOf(here, naming.text, level);
        if (frames >= depth && foldable(typed))
          return { tag: 'node', node: foldedBox(groupOf(here, name), layersAt(here), here.length) };
        const body = build(inside(here)[0]!, level + 1, frames + 1);
        const plain = typed.of === 'call' && naming.tag === 'word';
        return framed(() => groupOf(here, name), body, plain ? '' : name);
      }
      case 'remember': {
        const body = build(inside(here)[0]!, level, frames);
        keys.set(typed.key, ++memories);
        return sequence([body, { tag: 'keep', key: memories }]);
      }
      case 'recall': {
        const key = keys.get(typed.key);
        if (key === undefined) throw new Bug(`value ${typed.key} is recalled before it is there`);
        return { tag: 'recall', key };
      }
      case 'also': {
        const branch = inside(here)[0]!;
        const body = build(branch, level + 1, frames + 1);
        const { name } = placed.outputs[++ended]!;
        const port = portOf(`out${ended}`, name, typed.body.output);
        const side = framed(() => groupOf(branch, name), body, '');
        return { tag: 'side', body: sequence([side, { tag: 'node', node: port }]) };
      }
    }
  };

  const { totals } = net.body;
  const body = sequence([
    { tag: 'node', node: portOf('in0', 'input', net.input) },
    build([{ typed: net.body, at: 0 }], 1, 0),
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
