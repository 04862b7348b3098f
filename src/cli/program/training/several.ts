/** Which trainings of a file are meant, where several may be. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Training } from '../../../protocol/recipe.ts';
import type { Held } from '../load.ts';
import { notDeclared } from '../not-declared.ts';

/** All trainings of the file, the one of this name, or those of the net of this name (E0961). */
export const trainingsAsked = (
  { program: { trainings }, file }: Held,
  asked: string | undefined,
): Either.Either<Diagnostic, readonly Training[]> => {
  const found = trainings.filter(
    ({ name, net }) => asked === undefined || name === asked || net.name === asked,
  );
  const names = trainings.map(({ name }) => name);
  return found.length > 0
    ? Either.right(found)
    : Either.left(notDeclared(file, 'train', names, '--net', asked ?? ''));
};
