/** The functions of the weight language, by name. */
export const weightFunctions: ReadonlySet<string> = new Set([
  'sqrt',
  'reshape',
  'transpose',
  'sum',
  'concat',
]);
