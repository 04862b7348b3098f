/** The outputs of a net that was run: printed, or written to files. */
import { basename, dirname, join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { lines, text } from '../../report/table.ts';
import { showInOrder, showTop } from '../../report/top-classes.ts';
import { writeFilesAtomically } from '../../runtime/disk/files.ts';
import type { Classes } from '../../runtime/store/classes.ts';
import { npyChunks } from '../../runtime/store/npy.ts';
import { writeNpy } from '../../runtime/files/arrays.ts';
import type { Io } from '../host/io.ts';
import { distinctNames } from './distinct-names.ts';

/** An output: `output`, the main one, or as its `also` says. */
export type Result = HostTensor & { readonly name: string };

/** The main output first, and the names of its classes if they are known. */
export type Results = {
  readonly main: Result;
  readonly sides: readonly Result[];
  readonly names: Classes | undefined;
};

const shown = ({ shape }: HostTensor): string => `[${shape.join(', ')}]`;

/** Warns of numbers that no sound net gives. */
export const tellOddNumbers = ({ main, sides }: Results, io: Io): void => {
  for (const result of [main, ...sides]) {
    const odd = result.data.findIndex((x) => !Number.isFinite(x));
    const what = result === main ? 'the output' : `the output \`${result.name}\``;
    if (odd >= 0)
      io.err(
        lines(`warning: ${what} has ${result.data[odd]} at ${odd}; are these the right weights?`),
      );
  }
};

/** Where an output goes: `Y.npy` and `Y.box.npy` beside it, or `output.npy` and `box.npy` in a folder. */
const pathFor = (given: string, name: string, isMain: boolean): string => {
  if (!given.toLowerCase().endsWith('.npy')) return join(given, `${name}.npy`);
  return isMain ? given : `${given.slice(0, -'.npy'.length)}.${name}.npy`;
};

/** Writes every output and names the files (E0509). */
export const writeResults = (given: string, results: Results, io: Io): Or<Diagnostic, void> => {
  const { main, sides } = results;
  const path = pathFor(given, main.name, true);
  const names = distinctNames([main.name, ...sides.map(({ name }) => name)]).slice(1);
  const besides = sides.map((side, i) => ({ side, path: pathFor(given, names[i]!, false) }));
  const written =
    path === given && besides.length === 0
      ? writeNpy(given, main)
      : writeFilesAtomically(dirname(path), [
          ...besides.map((b) => ({ name: basename(b.path), chunks: npyChunks(b.side) })),
          // the last is the one that a reader opens first
          { name: basename(path), chunks: npyChunks(main) },
        ]);
  if (Either.isLeft(written)) return written;
  const told = (to: string, result: Result): string => `${to}: ${shown(result)}, float32`;
  io.err(text([told(path, main), ...besides.map((b) => told(b.path, b.side))]));
  const renamed = sides.flatMap(({ name }, i) => (name === names[i] ? [] : [name]));
  if (renamed.length > 0)
    io.err(
      lines(`the file of ${renamed.join(', ')} has a number: some disks ignore the case of names`),
    );
  return written;
};

/** A table of an output beside the main one: of all numbers if they are few, else of the largest. */
const showSide = (side: Result, count: number, { main, names }: Results): string => {
  const numbers = side.shape[1] ?? 0;
  if (numbers === main.shape[1]) return showTop(side, count, { names });
  return numbers <= count ? showInOrder(side) : showTop(side, count, { head: 'place' });
};

/** Prints the `count` largest numbers of each output. A map cannot be printed, and is named. */
export const printResults = (results: Results, count: number, io: Io): void => {
  const { main, sides, names } = results;
  const top = showTop(main, count, { names });
  const tables = sides.flatMap((side) =>
    side.shape.length === 2 ? [`${side.name}\n${showSide(side, count, results)}`] : [],
  );
  io.out(sides.length === 0 ? top : [`${main.name}\n${top}`, ...tables].join('\n'));
  const maps = sides.filter((side) => side.shape.length !== 2);
  if (maps.length > 0)
    io.err(
      lines(
        `not printed: ${maps.map((m) => `${m.name} ${shown(m)}`).join(', ')}; --output FOLDER writes every output to a file`,
      ),
    );
};
