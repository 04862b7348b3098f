/** The layer that does nothing. */
import { input } from '../../kernel/kernel.ts';
import { keeping } from './keeping.ts';

/** y = x */
const id = keeping({
  family: 'shape',
  doc: 'The input itself: y = x. A residual is `f + id`, a dense layer `id | f`.',
  examples: [
    '(conv3-64 + id) : [56, 56, 64] -> [56, 56, 64]',
    '(id | conv3-32) : [56, 56, 64] -> [56, 56, 96]',
  ],
  elementwise: true,
  identity: true,
  flops: 0,
  value: (_, x) => x,
  lower: () => input(0),
});

/** Layers that do nothing. */
export const identities = { id };
