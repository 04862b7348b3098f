/** `netc weights export --to torchvision FILE IN -o OUT`: weights for others. */
import * as Either from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import { exportTorchvision } from '../../runtime/files/torchvision.ts';
import { sourceOf } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { plural } from '../../numeric/figures.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { netFor } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { lines } from '../../report/table.ts';
import { naming } from './weights-import.ts';
import { needing } from '../program/unneeded.ts';

type WeightsExportOptions = {
  readonly net: string | undefined;
  /** the default, and the only one */
  readonly to: 'torchvision' | undefined;
  readonly output: string;
};

export const exportWeights = async (
  file: string,
  weights: string,
  given: WeightsExportOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const source = openMeant(io, weights);
  if (Either.isLeft(source)) return fail(io, [source.left]);
  try {
    const net = netFor(io, loaded.right, given.net, source.right);
    if (Either.isLeft(net)) return fail(io, [net.left]);
    tellDoubts(io, loaded.right, [net.right]);
    const graph = graphOfNet(sourceOf(net.right));
    const done = io.atOnce(() => exportTorchvision(source.right, graph, given.output, naming(io)));
    io.progress('');
    if (Either.isLeft(done)) return fail(io, done.left);
    const { model, weights: count } = done.right;
    io.err(
      lines(
        `${given.output}: ${net.right.name} as torchvision's ${model}, ${plural(count, 'weight')}`,
      ),
    );
    return exit.fine;
  } finally {
    source.right.close();
  }
};
