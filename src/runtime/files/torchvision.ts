/** Weight files to and from torchvision's. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { withFile } from '../disk/random-access.ts';
import type { Provider, Weights } from '../store/safetensors.ts';
import { exportedFrom, type Exported } from '../torchvision/export.ts';
import {
  importedFrom,
  recognisedIn,
  type Imported,
  type Recognised,
  type Unstated,
} from '../torchvision/import.ts';
import { writeMade } from './made.ts';

/** Writes the weights of a file of torchvision's as those of a net. E0001, E0501–E0504, E0509, E0510, E0521. */
export const importTorchvision = (
  path: string,
  graph: Graph,
  output: string,
  unstated: Unstated,
  watch: (provider: Provider) => Provider,
  attached: ReadonlyMap<string, string> = new Map(),
): Either<readonly Diagnostic[], Imported> => {
  const done = withFile(path, (file) =>
    E.right(writeMade(output, importedFrom(file, graph, unstated, watch, attached))),
  );
  return E.isLeft(done) ? E.left([done.left]) : done.right;
};

/** Writes the weights of a net as torchvision has them. E0501–E0504, E0509, E0510. */
export const exportTorchvision = (
  file: Weights,
  graph: Graph,
  output: string,
  watch: (provider: Provider) => Provider,
): Either<readonly Diagnostic[], Exported> => writeMade(output, exportedFrom(file, graph, watch));

/** The network that a file of torchvision's holds, and which graphs its weights are for (E0001, E0501, E0504). */
export const recognise = (path: string): Either<Diagnostic, Recognised> =>
  withFile(path, recognisedIn);
