/** Rewrite passes by name; they come with the rewriter. */
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/near.ts';
import { startOf } from '../syntax/source.ts';

export const passes: readonly string[] = [];

/** One fault for each pass that is not there (E0801). */
export const unknownPasses = (asked: readonly string[]): readonly Diagnostic[] =>
  asked
    .filter((name) => !passes.includes(name))
    .map((name) => {
      const [close] = near(name, passes);
      return error('E0801', startOf('--pass'), `there is no pass \`${name}\``, {
        label: close === undefined ? '' : `did you mean \`${close}\`?`,
        notes: [
          passes.length === 0
            ? 'this version of netc has no passes yet'
            : `the passes are ${passes.map((p) => `\`${p}\``).join(', ')}`,
        ],
      });
    });
