/** The facts that an assertion can ask of a net or a layer, as in `params(D)`. */
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
