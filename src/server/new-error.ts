/** Errors that a change brings into a program. */
import type { View } from '../workspace/workspace.ts';

const errorsOf = ({ found }: View): readonly string[] =>
  found.flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));

/** The code of an error that a program has after a change, and not before. */
export const newError = (before: View, after: View): string | undefined => {
  const left = new Map<string, number>();
  for (const code of errorsOf(before)) left.set(code, (left.get(code) ?? 0) + 1);
  return errorsOf(after).find((code) => {
    const count = left.get(code) ?? 0;
    left.set(code, count - 1);
    return count <= 0;
  });
};
