/** `netc weights import --from torchvision FILE IN -o OUT`: weights that others have trained. */
import * as Either from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { importTorchvision } from '../../runtime/torchvision/import.ts';
import { sourceOf } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { plural } from '../../numeric/figures.ts';
import { attachedFor } from '../program/attached.ts';
import { weightsOf } from '../program/host-weights.ts';
import { runLine, showContent } from '../program/next-steps.ts';
import { loadSound } from '../program/load.ts';
import { netForTorchvision } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';

/** Prints the name of each weight while it is read. */
export const naming =
  (io: Io) =>
  (provider: Provider): Provider =>
  (path) => {
    io.progress(path);
    return provider(path);
  };

type WeightsImportOptions = {
  readonly net: string | undefined;
  /** the default, and the only one */
  readonly from: 'torchvision' | undefined;
  readonly transform: 'yes' | 'no' | undefined;
  readonly classes: string | undefined;
  readonly output: string;
};

const pictures = (mean: readonly number[], std: readonly number[]): string =>
  `pictures are taken as (rgb/255 - [${mean.join(', ')}]) / [${std.join(', ')}]`;

export const importWeights = async (
  file: string,
  weights: string,
  given: WeightsImportOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file);
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netForTorchvision(io, loaded.right, given.net, weights);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  const attached = attachedFor(net.right, { classes: given.classes });
  if (Either.isLeft(attached)) return fail(io, [attached.left]);
  const graph = graphOfNet(sourceOf(net.right));
  const transform = given.transform === undefined ? undefined : given.transform === 'yes';
  const done = io.atOnce(() =>
    importTorchvision(weights, graph, given.output, transform, naming(io), attached.right),
  );
  io.progress('');
  if (Either.isLeft(done)) return fail(io, done.left);
  const { model, without, input } = done.right;
  io.err(
    lines(
      `${given.output}: torchvision's ${model} as ${net.right.name}, ${showContent(weightsOf(graph))}`,
      pictures(input.mean, input.std),
      ...(without.length === 0
        ? []
        : [
            `${plural(without.length, 'tensor')} left out: ${net.right.name} has no heads on the side`,
          ]),
      `next: ${runLine(file, net.right, given.output)}`,
    ),
  );
  return exit.fine;
};
