/** Which trainings of a file are meant. */
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import type { Training } from '../../protocol/recipe.ts';
import { startOf } from '../../syntax/source.ts';
import type { Held } from './load.ts';

/** All trainings of the file, the one of this name, or those of the net of this name. */
export const trainingsAsked = (
  { program, file }: Held,
  asked: string | undefined,
): Either.Either<Diagnostic, readonly Training[]> => {
  const { trainings } = program;
  const found =
    asked === undefined
      ? trainings
      : trainings.filter((t) => t.name === asked || t.net.name === asked);
  if (found.length > 0) return Either.right(found);
  if (trainings.length === 0)
    return Either.left(
      error('E0925', startOf(file), 'this file declares no training', {
        notes: ['write `train NAME : NET { … }`; `netc explain train` shows one'],
      }),
    );
  const names = trainings.map(({ name }) => name);
  const [close] = near(asked ?? '', names);
  return Either.left(
    error(
      'E0925',
      startOf(file),
      `this file has no training that is called \`${asked}\`, and none of a net that is`,
      {
        label: close === undefined ? '' : `did you mean \`${close}\`?`,
        notes: [`its trainings are ${names.map((name) => `\`${name}\``).join(', ')}`],
      },
    ),
  );
};
