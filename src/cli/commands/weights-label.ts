/** `netc weights label FILE IN -o OUT`: stores class names, or how pictures are prepared, with a weight file. */
import * as Either from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { graphOfNet } from '../../build/build.ts';
import { plural } from '../../numeric/figures.ts';
import { withFile } from '../../runtime/disk/random-access.ts';
import { writeAgain } from '../../runtime/files/weights.ts';
import { readWeights } from '../../runtime/store/safetensors.ts';
import { withoutTraining } from '../../runtime/store/training-state.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { attachedFor, outputsOf } from '../program/attached.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound } from '../program/load.ts';
import { netFor } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { lines } from '../../report/table.ts';
import { needing } from '../program/unneeded.ts';

type WeightsLabelOptions = {
  readonly net: string | undefined;
  readonly classes: string | undefined;
  readonly input: string | undefined;
  readonly output: string;
};

/**
 * Writes the file, or returns its faults (E0501–E0504, E0509, E0510, E0520). Metadata stays unless it is replaced.
 */
const relabelled = (
  weights: string,
  net: TypedNet,
  attached: ReadonlyMap<string, string>,
  output: string,
): readonly Diagnostic[] => {
  const done = withFile(weights, (file) => {
    const header = readWeights(file);
    if (Either.isLeft(header)) return header;
    const matched = matchWeights(header.right, weightsOf(graphOfNet(net)));
    if (resultOf(matched) === undefined) return Either.right(diagnosticsOf(matched));
    const metadata = new Map([...withoutTraining(header.right.metadata), ...attached]);
    const written = writeAgain(output, file, header.right, metadata);
    return Either.right(Either.isLeft(written) ? [written.left] : []);
  });
  return Either.isLeft(done) ? [done.left] : done.right;
};

export const label = async (
  file: string,
  weights: string,
  given: WeightsLabelOptions,
  io: Io,
): Promise<Exit> => {
  if (given.classes === undefined && given.input === undefined) {
    io.err(lines('error: nothing to store; give --classes FILE or --input FILE'));
    return exit.usage;
  }
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const header = openMeant(io, weights);
  if (Either.isLeft(header)) return fail(io, [header.left]);
  header.right.close();
  const net = netFor(io, loaded.right, given.net, header.right);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const attached = attachedFor(net.right, given);
  if (Either.isLeft(attached)) return fail(io, [attached.left]);
  const faults = io.atOnce(() =>
    relabelled(header.right.path, net.right, attached.right, given.output),
  );
  if (faults.length > 0) return fail(io, faults);
  const parts = [
    ...(given.classes === undefined ? [] : [plural(outputsOf(net.right), 'class name')]),
    ...(given.input === undefined ? [] : ['how pictures are prepared']),
  ];
  io.err(lines(`${given.output}: ${weights} with ${parts.join(' and ')}`));
  return exit.fine;
};
