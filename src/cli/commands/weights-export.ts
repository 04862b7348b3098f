/** `netc weights export FILE IN -o OUT`: weights for others. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { exportPytorch, readTable } from '../../runtime/files/pytorch.ts';
import { exportTorchvision } from '../../runtime/files/torchvision.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import type { Exported } from '../../runtime/pytorch/export.ts';
import type { Table } from '../../runtime/pytorch/table.ts';
import type { Exported as TorchvisionExported } from '../../runtime/torchvision/export.ts';
import { sourceOf, type TypedNet } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { plural } from '../../numeric/figures.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { netFor } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { lines } from '../../report/table.ts';
import { naming } from '../program/naming.ts';
import { madeByPass } from '../program/source-layers.ts';
import { needing } from '../program/unneeded.ts';

type WeightsExportOptions = {
  readonly net: string | undefined;
  /** torchvision unless given */
  readonly to: 'torchvision' | 'pytorch' | undefined;
  readonly map: string | undefined;
  readonly output: string;
};

/** Writes the file, and says in words what it holds; or the faults. */
const written = (
  weights: WeightFile,
  net: TypedNet,
  table: Table | undefined,
  { to, output }: WeightsExportOptions,
  io: Io,
): Or<readonly Diagnostic[], string> => {
  const graph = graphOfNet(sourceOf(net));
  if (to !== 'pytorch')
    return Either.map(
      ({ model, weights: n }: TorchvisionExported) =>
        `${net.name} as torchvision's ${model}, ${plural(n, 'weight')}`,
    )(exportTorchvision(weights, graph, output, naming(io)));
  const done = exportPytorch(weights, graph, output, table, naming(io));
  return Either.map(({ weights: n, names, passes }: Exported) => {
    const by = passes.length === 0 ? '' : `, some of them computed by ${passes.join(', ')}`;
    const content = `${net.name} as a state dict of PyTorch's, ${plural(n, 'weight')}${by}`;
    if (names === 'kept') return `${content}, with the names that were imported`;
    if (names.own === 0) return `${content}, with the names of ${table?.path}`;
    return `${content}; ${plural(names.own, 'layer')} named as in the net, \`--map TABLE\` names them otherwise`;
  })(done);
};

export const exportWeights = async (
  file: string,
  weights: string,
  given: WeightsExportOptions,
  io: Io,
): Promise<Exit> => {
  if (given.map !== undefined && given.to !== 'pytorch') {
    io.err(lines('error: --map means something for weights that go --to pytorch only'));
    return exit.usage;
  }
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const table = given.map === undefined ? Either.right(undefined) : readTable(given.map);
  if (Either.isLeft(table)) return fail(io, [table.left]);
  const source = openMeant(io, weights);
  if (Either.isLeft(source)) return fail(io, [source.left]);
  try {
    const net = netFor(io, loaded.right, given.net, source.right);
    if (Either.isLeft(net)) return fail(io, [net.left]);
    tellDoubts(io, loaded.right, [net.right]);
    const made = madeByPass(file, net.right);
    if (made !== undefined) return fail(io, [made], loaded.right.sources);
    const open = source.right;
    const done = io.atOnce(() => written(open, net.right, table.right, given, io));
    io.progress('');
    if (Either.isLeft(done)) return fail(io, done.left);
    io.err(lines(`${given.output}: ${done.right}`));
    return exit.fine;
  } finally {
    source.right.close();
  }
};
