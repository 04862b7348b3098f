/** `netc diagram FILE`: a net as a drawing. */
import * as Either from 'fp-ts/lib/Either.js';
import { formats } from '../../diagram/formats.ts';
import type { drawings } from '../host/choices.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { loadSound, netAsked } from '../program/load.ts';
import { fail } from '../program/report.ts';

type DiagramOptions = {
  readonly net: string | undefined;
  readonly depth: number | undefined;
  readonly expand: boolean;
  readonly format: (typeof drawings)[number] | undefined;
};

export const diagram = async (file: string, given: DiagramOptions, io: Io): Promise<Exit> => {
  const loaded = loadSound(io, file);
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  const { depth, expand, format = 'svg' } = given;
  const { render } = formats[format];
  io.out(render(net.right, { expand, ...(depth !== undefined && { depth }) }));
  return exit.fine;
};
