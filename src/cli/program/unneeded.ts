/** Which faults of a program stop a command: those of the nets that it is about, and of what they are made of. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { isKnown } from '../../ops/types.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { isFaulty } from '../../typecheck/net/flow.ts';
import type { Program } from '../../typecheck/program/program.ts';
import { reachedFrom } from '../../typecheck/program/reach.ts';

/** The nets that a command is about, by name; all of the file where none is named. `recipes` asks for these, too. */
export type Needed = { readonly nets: readonly string[]; readonly recipes?: true };

/** The net of this name, or all. */
export const needing = (net: string | undefined): Needed => ({
  nets: net === undefined ? [] : [net],
});

const isAsked = ({ nets }: Needed, name: string): boolean =>
  nets.length === 0 || nets.includes(name);

/** What the nets stand for, what comes from other files, and passes, which a command may name. */
const isNeeded =
  (needed: Needed) =>
  (d: Declaration): boolean => {
    switch (d.tag) {
      case 'net':
        return isAsked(needed, d.name.text);
      case 'train':
      case 'eval':
        return needed.recipes === true;
      case 'def':
      case 'assert':
        return false;
      default:
        return true;
    }
  };

/** Whether an error lies in a declaration that nothing needed is made of. */
export const isUnneeded = (program: Program, needed: Needed): ((d: Diagnostic) => boolean) => {
  const isReached = reachedFrom(program, isNeeded(needed));
  const areSound = program.nets.every(
    ({ name, output, body }) => !isAsked(needed, name) || (isKnown(output) && !isFaulty(body)),
  );
  return ({ severity, primary: { span } }) => areSound && severity === 'error' && !isReached(span);
};
