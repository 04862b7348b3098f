/** Names of declarations that a command takes, and what is said where a file has none of that name. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { startOf } from '../../syntax/source.ts';

/** Names that are listed; of the others the number is said. */
const mostNamed = 12;

/** Names of which one is to be chosen. */
export const choiceOf = (names: readonly string[]): string =>
  names.length <= mostNamed
    ? names.join(' or ')
    : `${names.slice(0, mostNamed).join(', ')} or one of ${names.length - mostNamed} more`;

/** The kinds of declarations that a command takes by name: how one is called, and how it is declared. */
const kinds = {
  train: { noun: 'training', example: '`train first : NET { data shapes }`' },
  eval: {
    noun: 'evaluation',
    example: '`eval test : NET from TRAINING { data imagefolder("data/test") }`',
  },
} as const;

/** Nothing of a kind is called as it was asked for with `option`, where the file declares these (E0961). */
export const notDeclared = (
  file: string,
  kind: keyof typeof kinds,
  names: readonly string[],
  option: string,
  asked: string,
): Diagnostic => {
  const { noun, example } = kinds[kind];
  if (names.length === 0)
    return error('E0961', startOf(file), `this file declares no ${noun}`, {
      notes: [`declare one: ${example}`],
    });
  const [close] = near(asked, names);
  return error('E0961', startOf(file), `there is no ${noun} \`${asked}\` in this file`, {
    label: close === undefined ? '' : `did you mean \`${close}\`?`,
    notes: [`${option} NAME, where NAME is ${choiceOf(names)}`],
  });
};
