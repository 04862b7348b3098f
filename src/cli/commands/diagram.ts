/** `netc diagram FILE`: a net as a drawing. */
import * as Either from 'fp-ts/lib/Either.js';
import { formats } from '../../diagram/formats.ts';
import { drawings } from '../host/choices.ts';
import { textChunks } from '../../runtime/data/bytes.ts';
import { writeFileAtomically } from '../../runtime/disk/files.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadSound, netAsked } from '../program/load.ts';
import { fail } from '../program/report.ts';
import { needing } from '../program/unneeded.ts';

type DiagramOptions = {
  readonly net: string | undefined;
  readonly depth: number | undefined;
  readonly expand: boolean;
  readonly format: (typeof drawings)[number] | undefined;
  readonly output: string | undefined;
};

/** The notation whose files end like this one; the first for any other. */
const formatOf = (output: string | undefined): (typeof drawings)[number] =>
  drawings.find((name) => output?.toLowerCase().endsWith(`.${formats[name].extension}`)) ??
  drawings[0];

export const diagram = async (file: string, given: DiagramOptions, io: Io): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const { depth, expand, output } = given;
  const { render } = formats[given.format ?? formatOf(output)];
  const drawn = render(net.right, { expand, ...(depth !== undefined && { depth }) });
  if (output === undefined) {
    io.out(drawn);
    return exit.fine;
  }
  const written = writeFileAtomically(output, textChunks(drawn));
  return Either.isLeft(written) ? fail(io, [written.left]) : exit.fine;
};
