/** `netc weights init FILE`: initial weights, the same on every machine for the same seed. */
import * as Either from 'fp-ts/lib/Either.js';
import { bytes } from '../../numeric/figures.ts';
import { graphOfNet } from '../../build/build.ts';
import { initialise } from '../../runtime/store/initialise.ts';
import { writeWeights } from '../../runtime/files/weights.ts';
import type { Provider } from '../../runtime/store/safetensors.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { countOf, weightsOf } from '../../rewrite/match/read-weights.ts';
import { attachedFor } from '../program/attached.ts';
import { runLine, showContent } from '../program/next-steps.ts';
import { tellDoubts } from '../program/doubts.ts';
import { netAsked, loadSound } from '../program/load.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';
import { needing } from '../program/unneeded.ts';

/** Prints the progress after each weight. */
const telling = (provider: Provider, total: number, io: Io): Provider => {
  let done = 0;
  return (path) => {
    const numbers = provider(path);
    if (Either.isRight(numbers)) done += numbers.right.length;
    const percent = Math.floor((100 * done) / Math.max(1, total));
    io.progress(`${percent.toString().padStart(3)} %  ${bytes(4 * done)}  ${path}`);
    return numbers;
  };
};

type WeightsInitOptions = {
  readonly net: string | undefined;
  readonly seed: number | undefined;
  readonly classes: string | undefined;
  readonly output: string;
};

export const init = async (file: string, given: WeightsInitOptions, io: Io): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const attached = attachedFor(net.right, { classes: given.classes });
  if (Either.isLeft(attached)) return fail(io, [attached.left]);
  const weights = weightsOf(graphOfNet(net.right));
  const total = countOf(weights);
  const outgoing = weights.map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const provider = telling(initialise(weights, given.seed ?? 0), total, io);
  const written = io.atOnce(() => writeWeights(given.output, outgoing, provider, attached.right));
  io.progress('');
  if (Either.isLeft(written)) return fail(io, [written.left]);
  io.err(
    lines(
      `${given.output}: ${net.right.name}, ${showContent(weights)}`,
      `next: ${runLine(file, net.right, given.output)}`,
    ),
  );
  return exit.fine;
};
