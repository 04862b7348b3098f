/** The last lines of commands that write weights: their content, and how to use them. */
import type { GraphWeight } from '../../graph/graph.ts';
import { bytes, thousands, plural } from '../../numeric/figures.ts';
import { numberOf } from '../../ops/types.ts';
import { channelsOf, orders } from '../../runtime/store/preprocess.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { countOf } from '../../rewrite/match/read-weights.ts';

/**
 * `14 weights, 20,426 numbers (20,234 parameters, 192 running statistics), 79.79 KiB`. As in summaries, numbers that
 * are not trained do not count as parameters.
 */
export const showContent = (weights: readonly GraphWeight[]): string => {
  const all = countOf(weights);
  const trained = countOf(weights.filter((w) => w.spec.trained));
  const kinds =
    trained === all
      ? ''
      : ` (${thousands(trained)} parameters, ${thousands(all - trained)} running statistics)`;
  return `${plural(weights.length, 'weight')}, ${thousands(all)} numbers${kinds}, ${bytes(4 * all)}`;
};

/** The command that runs a net with these weights: only some nets take pictures, and a map goes into a file. */
export const runLine = (
  file: string,
  { name, input, output }: TypedNet,
  weights: string,
): string => {
  const channels = input.tag === 'map' ? numberOf(input.c) : undefined;
  const given = orders.some((order) => channelsOf(order) === channels) ? 'PICTURE' : 'X.npy';
  const into = output.tag === 'map' ? ' --output Y.npy' : '';
  return `netc run ${file} --net ${name} --weights ${weights} --input ${given}${into}`;
};
