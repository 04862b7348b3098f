/** The order in which the trainings of a file are trained: each after the one whose weights it begins with. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../../diagnostic/diagnostic.ts';
import type { Training } from '../../../../protocol/recipe.ts';
import { startOf } from '../../../../syntax/source.ts';
import { optionsPath } from '../../set.ts';

/** The training of the same file that one begins with. */
export const beginsWith = <T extends Training>(
  { recipe: { initFrom } }: Training,
  all: readonly T[],
): T | undefined =>
  initFrom?.source.tag === 'train'
    ? all.find(({ name }) => initFrom.source.tag === 'train' && name === initFrom.source.name)
    : undefined;

/** Clauses that are set make a circle; one in the file the checker has found (E0926). */
const circle = (names: readonly string[]): Diagnostic =>
  error(
    'E0926',
    startOf(optionsPath),
    names.length === 2
      ? `\`${names[0]}\` would begin with its own weights`
      : `trainings would begin with each other's weights, in a circle: ${names.join(' → ')}`,
    { notes: ['`--set` says the same of all trainings: write `init from` into the file'] },
  );

/** The trainings in the order of the file, but each after the one that it begins with (E0926). */
export const inOrder = (all: readonly Training[]): Or<Diagnostic, readonly Training[]> => {
  const ordered = new Set<Training>();
  for (const training of all) {
    const chain: Training[] = [];
    for (
      let one: Training | undefined = training;
      one !== undefined && !ordered.has(one);
      one = beginsWith(one, all)
    ) {
      const names = [...chain, one].map(({ name }) => name);
      if (chain.includes(one)) return Either.left(circle(names.slice(chain.indexOf(one))));
      chain.push(one);
    }
    for (const one of chain.reverse()) ordered.add(one);
  }
  return Either.right([...ordered]);
};
