/** What may be asked of a net or a layer in an assertion, `params(D)`. */
export const factNames = [
  'params',
  'macs',
  'flops',
  'receptive',
  'stride',
  'bytes',
  'admissible',
] as const;

/** The name of a fact. */
export type FactName = (typeof factNames)[number];
