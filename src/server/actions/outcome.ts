/** Whether a change of how a program is written leaves what it computes. */
import type { PlacedLayer } from '../../graph/graph.ts';
import { showType } from '../../ops/types.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { writtenOut } from '../../typecheck/net/flat.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { View } from '../../workspace/workspace.ts';
import { applied, type Change } from '../edits.ts';
import { relatedTo, usedBy } from '../dependencies.ts';
import { treeOf, type Ground } from '../ground.ts';
import { mostLayers } from '../limits.ts';

/** One layer as it computes: its name and its place do not matter. */
const layerOf = ({ op, args, inputs, output, fixed }: PlacedLayer): readonly unknown[] => [
  op,
  Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)),
  inputs,
  showType(output),
  fixed,
];

/** A net with its types, layer for layer; undefined where it has more layers than are compared. */
const netOf = (net: TypedNet): readonly unknown[] | undefined => {
  if (net.body.totals.layers > mostLayers.written) return undefined;
  const { layers, outputs } = writtenOut(net);
  return [net.name, showType(net.input), showType(net.output), layers.map(layerOf), outputs];
};

/** The errors of a program, and its nets; undefined where a net is too long to compare. */
const resultsOf = ({ found, program }: View): string | undefined => {
  const errors = found.flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));
  const nets = (program?.nets ?? []).map(netOf);
  return nets.includes(undefined) ? undefined : JSON.stringify([errors.sort(), nets]);
};

/** Whether what nets or assertions say depends on all of some declarations. */
const isTold = (ground: Ground, changed: readonly Declaration[]): boolean => {
  const all = treeOf(ground)?.declarations ?? [];
  const tell = usedBy(
    ground,
    all.filter(({ tag }) => tag === 'net' || tag === 'assert'),
  );
  return changed.every((d) => tell.has(d));
};

/**
 * The text of some declarations of the file alone, as it is and with changes; undefined where no net and no assertion
 * would tell that they compute something else.
 */
const excerpt = (
  ground: Ground,
  changes: readonly Change[],
): { readonly before: string; readonly after: string } | undefined => {
  const { view, text } = ground;
  const all = treeOf(ground)?.declarations ?? [];
  const pieces = all.map((d, i) => {
    const next = all[i + 1];
    const end = next === undefined ? text.text.length : view.locate(next.span).start;
    return { d, start: view.locate(d.span).start, end };
  });
  const inside = (start: number, end: number): readonly Change[] =>
    changes
      .filter(({ span }) => span.start < end && span.end > start)
      .map(({ span, newText }) => ({
        span: {
          ...span,
          start: Math.max(0, span.start - start),
          end: Math.min(end, span.end) - start,
        },
        newText,
      }));
  const changed = pieces.flatMap(({ d, start, end }) => (inside(start, end).length > 0 ? [d] : []));
  if (!isTold(ground, changed)) return undefined;
  const related = relatedTo(ground, changed);
  const kept = pieces.filter(({ d }) => d.tag === 'import' || related.has(d));
  const texts = kept.map(({ start, end }) => ({
    text: text.text.slice(start, end),
    changes: inside(start, end),
  }));
  return {
    before: texts.map((part) => part.text).join(''),
    after: texts.map((part) => applied(part.text, part.changes)).join(''),
  };
};

/** Tries changes of the file itself, on the declarations that they concern. */
export const keepsResults = (ground: Ground, changes: readonly Change[]): boolean => {
  const { projects, document, view, path } = ground;
  const texts = excerpt(ground, changes);
  if (texts === undefined) return false;
  const results = (text: string): string | undefined =>
    resultsOf(projects.trial(document, view, new Map([[path, text]])));
  const before = results(texts.before);
  return before !== undefined && before === results(texts.after);
};
