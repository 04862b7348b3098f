/** The `3x` before a layer: what goes through all copies, and what each makes of it. */
import { thousands } from '../../numeric/figures.ts';
import type { Expr } from '../../syntax/tree.ts';
import { showFlow } from '../facts.ts';
import type { Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { exprsOf, type Node } from '../tree-at.ts';
import { aboutLayer, joined } from './layers.ts';
import type { About } from './about.ts';

type Times = Extract<Expr, { readonly tag: 'times' }>;

const MOST_COPIES = 8;

/** What each copy makes of its input, those that are alike together. */
const copiesOf = (ground: Ground, times: Times): string => {
  const typed = layersOf(ground, times)[0]?.typed;
  const copies = typed?.tag === 'repeat' ? typed.copies : [];
  const lines: { readonly text: string; from: number; to: number }[] = [];
  copies.forEach(({ input, output, totals: { params } }, i) => {
    const text = `\`${showFlow(input, output)}\`, ${thousands(params)} parameters`;
    const last = lines.at(-1);
    if (last?.text === text) last.to = i + 1;
    else lines.push({ text, from: i + 1, to: i + 1 });
  });
  const shown = lines.slice(0, MOST_COPIES).map(({ text, from, to }) => {
    const which = from === to ? `${from}` : `${from} … ${to}`;
    return `- copy ${which}: ${text}`;
  });
  const more = lines.length > MOST_COPIES ? ['- …'] : [];
  return [...shown, ...more].join('\n');
};

/** At the number or the `x` of a repetition. */
export const repeatAt = (
  ground: Ground,
  path: readonly Node[],
  offset: number,
): About | undefined => {
  const { locate } = ground.view;
  const times = exprsOf(path).findLast((e): e is Times => e.tag === 'times');
  if (times === undefined || offset >= locate(times.body.span).start) return undefined;
  const layer = aboutLayer(ground, times);
  const { path: file, start } = locate(times.span);
  const place = { path: file, start, end: locate(times.body.span).start };
  return layer === undefined ? undefined : { value: joined(layer, copiesOf(ground, times)), place };
};
