/** `netc weights import --from torchvision FILE IN -o OUT`: weights that others have trained. */
import * as Either from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import type { Imported } from '../../runtime/torchvision/import.ts';
import { importTorchvision } from '../../runtime/files/torchvision.ts';
import type { WeightsVersion } from '../../runtime/torchvision/versions.ts';
import { sourceOf } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { plural } from '../../numeric/figures.ts';
import { attachedFor } from '../program/attached.ts';
import { weightsOf } from '../program/host-weights.ts';
import { runLine, showContent } from '../program/next-steps.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { netForTorchvision } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';
import { needing } from '../program/unneeded.ts';

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
  readonly weightsVersion: WeightsVersion | undefined;
  readonly classes: string | undefined;
  readonly output: string;
};

/** How the version was found, and what else it might be. */
const versionText = (version: NonNullable<Imported['version']>): string => {
  const { name, from } = version;
  const other = name === 'v1' ? 'v2' : 'v1';
  if (from === 'option') return `as torchvision does for ${name}`;
  return from === 'file'
    ? `as torchvision does for ${name}, which the file's name says`
    : `as torchvision does for v1; for the second weights say --weights-version ${other}`;
};

const pictures = (
  { mean, std, resize, crop }: Imported['input'],
  version: Imported['version'],
): readonly string[] => [
  `pictures are taken as (rgb/255 - [${mean.join(', ')}]) / [${std.join(', ')}]`,
  `their short side becomes ${resize}, and the ${crop}x${crop} in the centre is taken${version === undefined ? '' : `, ${versionText(version)}`}`,
];

export const importWeights = async (
  file: string,
  weights: string,
  given: WeightsImportOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netForTorchvision(io, loaded.right, given.net, weights);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const attached = attachedFor(net.right, { classes: given.classes });
  if (Either.isLeft(attached)) return fail(io, [attached.left]);
  const graph = graphOfNet(sourceOf(net.right));
  const unstated = {
    transform: given.transform === undefined ? undefined : given.transform === 'yes',
    version: given.weightsVersion,
  };
  const done = io.atOnce(() =>
    importTorchvision(weights, graph, given.output, unstated, naming(io), attached.right),
  );
  io.progress('');
  if (Either.isLeft(done)) return fail(io, done.left);
  const { model, without, input, version, prefix } = done.right;
  io.err(
    lines(
      `${given.output}: torchvision's ${model} as ${net.right.name}, ${showContent(weightsOf(graph))}`,
      ...(prefix === ''
        ? []
        : [`its names are without the \`${prefix}\` that all of them begin with`]),
      ...pictures(input, version),
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
