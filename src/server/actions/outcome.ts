/** Whether a change of how a program is written leaves what it computes. */
import { showType } from '../../ops/types.ts';
import type { View } from '../../workspace/workspace.ts';
import { applied, type Change } from '../edits.ts';
import type { Ground } from '../ground.ts';

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

/** Tries changes of the file itself. */
export const keepsResults = (
  { projects, document, view, path, text }: Ground,
  changes: readonly Change[],
): boolean => {
  const after = projects.trial(document, view, new Map([[path, applied(text.text, changes)]]));
  return resultsOf(after) === resultsOf(view);
};
