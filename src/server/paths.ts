/** Paths of a project. */

/** How a file writes the path of another. */
export const relativePath = (from: string, to: string): string => {
  const [a, b] = [from.split('/').slice(0, -1), to.split('/')];
  let common = 0;
  while (common < a.length && a[common] === b[common]) common++;
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/');
};
