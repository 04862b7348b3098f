/** A net of this many repetitions on which each of the shipped passes is applied in each. */
export const longNets: { readonly [pass: string]: (n: number) => string } = {
  drop_inference: (n) => `${n}x (relu; dropout)`,
  fold_batchnorm: (n) => `${n}x (conv1-4; batchnorm)`,
  simplify: (n) => `${n}x relu`,
  pool_relu: (n) => `${n}x (conv1-4; relu; maxpool(1, 1))`,
  merge_conv: (n) => `${n}x (conv1-4; conv1-4; relu)`,
  merge_siblings: (n) => `${n}x ((conv1-1; relu) | (conv1-2; relu) | (maxpool(1, 1); conv1-1))`,
  fc_to_conv: (n) => `flatten; fc-3; ${n}x relu`,
  fc_to_map: (n) => `flatten; fc-3; ${n}x relu`,
  drop_lrn: (n) => `${n}x (lrn; relu)`,
  factor_5x5: (n) => `${n}x (conv5-4; relu)`,
  factor_7x7: (n) => `${n}x (conv7-4; relu)`,
  split_nxn: (n) => `${n}x (conv3-4; relu)`,
};
