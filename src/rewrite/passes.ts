/** The passes that netc ships, and several passes in order. */
import { Bug } from '../diagnostic/bug.ts';
import { andThen, checked, diagnosticsOf, resultOf, type Checked } from '../diagnostic/checked.ts';
import { error } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../graph/graph.ts';
import { operatorWords } from '../ops/words.ts';
import { parse } from '../parser/parse.ts';
import type { Source } from '../syntax/source.ts';
import { applyPass, type Applied, type ApplyOptions } from './match/apply.ts';
import { passesOf } from './rule/compile.ts';
import type { Pass } from './rule/pattern.ts';

export type PassRow = {
  readonly name: string;
  readonly file: string; // in `passes/`
  /** cheap and exact: applied to every net that is compiled for inference */
  readonly byDefault: boolean;
  readonly example: string; // a net `N` that it changes
};

/**
 * In the order in which default passes are applied. Dropout goes first, because it may stand between a convolution and
 * its batch norm; simplification comes after folding.
 */
export const passTable: readonly PassRow[] = [
  {
    name: 'drop_inference',
    file: 'drop-inference.net',
    byDefault: true,
    example: 'net N : [10] -> [4] { fc-8; relu; dropout; fc-4 }',
  },
  {
    name: 'fold_batchnorm',
    file: 'fold-batchnorm.net',
    byDefault: true,
    example: 'net N : [32, 32, 3] -> _ { conv3-8; batchnorm; relu }',
  },
  {
    name: 'simplify',
    file: 'simplify.net',
    byDefault: true,
    example: 'net N : [32, 32, 3] -> _ { pad-1; conv3-8(pad = valid) }',
  },
  // for engines without fusion: elsewhere a rectifier right behind its convolution costs nothing
  {
    name: 'pool_relu',
    file: 'pool-relu.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> _ { conv3-8; relu; maxpool }',
  },
  {
    name: 'merge_conv',
    file: 'merge-conv.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> _ { conv3-8; conv1-4 }',
  },
  {
    name: 'merge_siblings',
    file: 'merge-siblings.net',
    byDefault: false,
    example: 'net N : [32, 32, 64] -> _ { (conv1-8; relu) | (conv1-16; relu) }',
  },
  {
    name: 'fc_as_conv',
    file: 'fc-to-conv.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> [10] { conv3-8/2; relu; flatten; fc-10 }',
  },
  {
    name: 'fc_to_conv',
    file: 'fc-to-conv.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> [10] { conv3-8/2; relu; flatten; fc-10 }',
  },
  {
    name: 'fc_to_map',
    file: 'fc-to-conv.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> [10] { conv3-8/2; relu; flatten; fc-10 }',
  },
  // these make other nets
  {
    name: 'drop_lrn',
    file: 'drop-lrn.net',
    byDefault: false,
    example: 'net N : [32, 32, 3] -> _ { conv3-8; relu; lrn }',
  },
  {
    name: 'factor_5x5',
    file: 'factor-5x5.net',
    byDefault: false,
    example: 'net N : [32, 32, 8] -> _ { conv5-8; relu }',
  },
  {
    name: 'factor_7x7',
    file: 'factor-7x7.net',
    byDefault: false,
    example: 'net N : [32, 32, 8] -> _ { conv7-8; relu }',
  },
  {
    name: 'split_nxn',
    file: 'split-nxn.net',
    byDefault: false,
    example: 'net N : [32, 32, 8] -> _ { conv3-8; relu }',
  },
];

/** All passes of some files, in order. The caller reads the files. */
export const loadPasses = (sources: readonly Source[]): Checked<readonly Pass[]> => {
  const files = sources.map((source) => andThen(parse(source, operatorWords), passesOf));
  const passes = files.flatMap((f) => resultOf(f) ?? []);
  const repeated = passes.filter((p, i) => passes.findIndex((q) => q.name === p.name) < i);
  return checked(passes, [
    ...files.flatMap(diagnosticsOf),
    ...repeated.map((p) => error('E0310', p.span, `there are two passes called \`${p.name}\``)),
  ]);
};

/** The passes of these rows, in their order, of the files that have them. */
export const passesOfRows = (
  rows: readonly PassRow[],
  sources: readonly Source[],
): readonly Pass[] => {
  const loaded = resultOf(loadPasses(sources)) ?? [];
  return rows.map(({ name }) => {
    const pass = loaded.find((p) => p.name === name);
    if (pass === undefined) throw new Bug(`netc's pass ${name} has faults`);
    return pass;
  });
};

/** One pass after the other. */
export const applyPasses = (
  graph: Graph,
  passes: readonly Pass[],
  options: ApplyOptions = {},
): Checked<Applied> =>
  passes.reduce<Checked<Applied>>(
    (before, pass) =>
      andThen(before, (done) =>
        andThen(applyPass(done.graph, pass, options), (after) =>
          checked(
            {
              graph: after.graph,
              trace: [...done.trace, ...after.trace],
              steps: done.steps + after.steps,
            },
            [],
          ),
        ),
      ),
    checked({ graph, trace: [], steps: 0 }, []),
  );
