/** Repeats that are drawn once, with `3×`. */
import { showType } from '../ops/types.ts';
import type { Typed } from '../typecheck/net/typed.ts';
import type { Group, Node, Part } from './diagram.ts';
import { groupOf, type Draft, type Here } from './draft.ts';
import { showShape } from './words.ts';

/** Copies, one after the other, that are drawn once: the first of them at all places, then the second, … */
type Run = readonly Here[];

/** The copies of a repeat, those together that are drawn once. */
export const runsOf = ({ copies, options }: Draft, all: readonly Here[]): readonly Run[] => {
  const isAlike = (a: Typed, b: Typed): boolean =>
    options.expand !== true && copies.sign(a) === copies.sign(b) && !copies.forksOff(b);
  const runs: Here[][] = [];
  for (const here of all) {
    const run = runs.at(-1);
    if (run !== undefined && isAlike(run[0]![0]!.typed, here[0]!.typed)) run.push(here);
    else runs.push([here]);
  }
  return runs;
};

/** A drawn copy: the ends of the run at its first place, and the last value at its last. */
type Ends = { readonly first: Typed; readonly last: Typed; readonly shape: string };

/** `part`, which draws a run of more than one copy, with their number. */
export const times = (draft: Draft, part: Part, run: Run): Part => {
  const [first, last] = [run[0]![0]!.typed, run.at(-1)![0]!.typed];
  const shape = showShape(last.output, run.at(-1)!.at(-1)!.typed.output);
  const ends = { first, last, shape };
  if (part.tag === 'node') return { tag: 'node', node: nodeTimes(part.node, run.length, ends) };
  // 2 copies of 3 copies are 6, unless a frame with a name is around the 3
  if (part.tag === 'group' && (part.group.count === 1 || part.group.name === ''))
    return { ...part, group: groupTimes(part.group, run.length, ends) };
  const places = run[0]!.flatMap((_, k) => run.map((here) => here[k]!));
  const group = groupOf(draft, places, '');
  return { tag: 'group', group: groupTimes(group, run.length, ends), body: part };
};

const nodeTimes = (node: Node, count: number, { first, last, shape }: Ends): Node => ({
  ...node,
  count: node.count * count,
  shape,
  reshapes: showType(first.input) !== showType(last.output),
  tooltip: [`${count} copies`, ...node.tooltip],
});

const groupTimes = (group: Group, count: number, { first, last, shape }: Ends): Group => ({
  ...group,
  count: group.count * count,
  shape,
  reshapes: showType(first.output) !== showType(last.output),
  tooltip: [`${count} copies`, ...group.tooltip],
});
