/** Whether a change of how a program is written leaves what it computes. */
import { showType } from '../../ops/types.ts';
import type { View } from '../../workspace/workspace.ts';
import { applied, type Change } from '../edits.ts';
import { relatedTo } from '../dependencies.ts';
import { treeOf, type Ground } from '../ground.ts';

/** How many errors there are, and of each net its types and its sums. */
const resultsOf = ({ found, program }: View): string =>
  JSON.stringify([
    found.filter(({ severity }) => severity === 'error').length,
    (program?.nets ?? []).map(({ name, input, output, body: { totals } }) => [
      name,
      showType(input),
      showType(output),
      totals.layers,
      totals.params,
      totals.macs,
    ]),
  ]);

/** The text of some declarations of the file alone, as it is and with changes. */
const excerpt = (
  ground: Ground,
  changes: readonly Change[],
): { readonly before: string; readonly after: string } => {
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
  const changed = pieces.filter(({ start, end }) => inside(start, end).length > 0);
  const related = relatedTo(
    ground,
    changed.map(({ d }) => d),
  );
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
  const { before, after } = excerpt(ground, changes);
  const results = (text: string): string =>
    resultsOf(projects.trial(document, view, new Map([[path, text]])));
  return results(before) === results(after);
};
