/** Declarations that need each other. */
import type { Protocol } from '../syntax/tree.ts';

/**
 * The same circle, which closes by itself, from the first of its names on: it is one mistake, from wherever it is met.
 */
export const fromFirstName = (circle: readonly Protocol[]): readonly Protocol[] => {
  const names = circle.map((d) => `${d.name.text} ${d.span.path}`);
  const first = names.indexOf([...names].sort()[0]!);
  return [...circle.slice(first), ...circle.slice(0, first)];
};

/** As messages show it: `a` → `b` → `a`. */
export const showCircle = (circle: readonly Protocol[]): string =>
  [...circle, circle[0]!].map((d) => `\`${d.name.text}\``).join(' → ');
