/** What `netc compile` advises for models that were written without the weights they need. */
import type { Outputs } from '../../graph/main-output.ts';
import { lines } from '../../report/table.ts';
import type { ImageSize } from '../host/command.ts';
import type { Written } from './compile-table.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { optionFor } from './outputs.ts';
import type { Passes } from './passes.ts';

/** The command that was given. */
type Asked = {
  readonly file: string;
  readonly folder: string;
  readonly size: ImageSize | undefined;
  readonly inputBytes: boolean;
  readonly outputs: Outputs;
  readonly passes: Passes;
};

/** Whether passes made layers with fresh weights, which no file for the net itself has. */
const hasFresh = ({ source, graph }: Written): boolean => {
  const own = new Set(weightsOf(source).map((w) => w.path));
  return weightsOf(graph).some((w) => !own.has(w.path));
};

/** The commands that make weights and store them with the first model that lacks them; empty if none does. */
export const adviceOnWeights = (asked: Asked, written: readonly Written[]): string => {
  const bare = written.find(({ graph }) => weightsOf(graph).length > 0);
  if (bare === undefined) return '';
  const { file, folder, size, passes } = asked;
  const outputs = optionFor(asked.outputs);
  const input = size === undefined ? '' : ` --input ${size.h}x${size.w}`;
  const rest = `${input}${asked.inputBytes ? ' --input-bytes' : ''} -o ${folder}`;
  const { name } = bare.net;
  const weights = `${name}.safetensors`;
  const how = hasFresh(bare)
    ? [
        `  netc dump --after rewrite ${file} --net ${name}${outputs}${passes.options} > ${name}_rewritten.net`,
        `  netc weights init ${name}_rewritten.net --seed 7 -o ${weights}`,
        `  netc compile ${name}_rewritten.net --weights ${weights}${passes.noDefaults}${rest}`,
      ]
    : [
        `  netc weights init ${file} --net ${name} --seed 7 -o ${weights}`,
        `  netc compile ${file} --net ${name} --weights ${weights}${outputs}${passes.options}${rest}`,
      ];
  return lines(
    '',
    'The models have no weights yet. To make some and store them with a model:',
    ...how,
  );
};
