/** `netc weights import FILE IN -o OUT`: weights that others have trained, here those of torchvision's networks. */
import * as Either from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import type { Imported, Recognised } from '../../runtime/torchvision/import.ts';
import { importTorchvision, recognise } from '../../runtime/files/torchvision.ts';
import type { WeightsVersion } from '../../runtime/torchvision/versions.ts';
import { sourceOf } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { plural } from '../../numeric/figures.ts';
import { attachedFor } from '../program/attached.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { runLine, showContent } from '../program/next-steps.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { netThatFits } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';
import { naming } from '../program/naming.ts';
import { needing } from '../program/unneeded.ts';
import { importPytorchs, type PytorchOptions } from './weights-import-pytorch.ts';

type WeightsImportOptions = PytorchOptions & {
  /** torchvision unless given */
  readonly from: 'torchvision' | 'pytorch' | undefined;
  readonly transform: 'yes' | 'no' | undefined;
  readonly weightsVersion: WeightsVersion | undefined;
};

/** The first option that is given and means nothing for weights of this origin. */
const idle = (given: WeightsImportOptions): string | undefined => {
  const { transform, weightsVersion, map, input, json } = given;
  const idleOnes =
    given.from === 'pytorch'
      ? { '--transform': transform, '--weights-version': weightsVersion }
      : { '--map': map, '--input': input, '--json': json ? '' : undefined };
  return Object.entries(idleOnes).find(([, value]) => value !== undefined)?.[0];
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
  const option = idle(given);
  if (option !== undefined) {
    const other = given.from === 'pytorch' ? 'torchvision' : 'pytorch';
    io.err(lines(`error: ${option} means something for weights that come --from ${other} only`));
    return exit.usage;
  }
  return given.from === 'pytorch'
    ? importPytorchs(file, weights, given, io)
    : importTorchvisions(file, weights, given, io);
};

const importTorchvisions = async (
  file: string,
  weights: string,
  given: WeightsImportOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netThatFits(io, loaded.right, given.net, () =>
    Either.map(({ model, fits }: Recognised) => ({
      ...{ what: `torchvision's \`${model}\``, place: `torchvision's ${model} in ${weights}` },
      fits,
    }))(recognise(weights)),
  );
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
