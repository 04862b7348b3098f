/** Weight files to and from state dicts of PyTorch's. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph } from '../../graph/graph.ts';
import { withFile } from '../disk/random-access.ts';
import { exportedFrom, type Exported } from '../pytorch/export.ts';
import { fitting, importedFrom, type Imported } from '../pytorch/import.ts';
import { tableIn, type Table } from '../pytorch/table.ts';
import type { Provider, Weights } from '../store/safetensors.ts';
import { writeMade } from './made.ts';

/** Writes the weights of a state dict as those of a net. E0001, E0501–E0504, E0509, E0510, E0523. */
export const importPytorch = (
  path: string,
  graph: Graph,
  output: string,
  table: Table,
  watch: (provider: Provider) => Provider,
  attached: ReadonlyMap<string, string>,
): Either<readonly Diagnostic[], Imported> => {
  const done = withFile(path, (file) =>
    E.right(writeMade(output, importedFrom(file, graph, table, watch, attached))),
  );
  return E.isLeft(done) ? E.left([done.left]) : done.right;
};

/** Writes the weights of a net as a state dict. E0501–E0504, E0509, E0510, E0523. */
export const exportPytorch = (
  file: Weights,
  graph: Graph,
  output: string,
  table: Table | undefined,
  watch: (provider: Provider) => Provider,
): Either<readonly Diagnostic[], Exported> =>
  writeMade(output, exportedFrom(file, graph, table, watch));

/** The graphs that the weights of a state dict are for (E0001, E0501, E0504, E0510). */
export const fittingPytorch = (
  path: string,
  table: Table,
): Either<Diagnostic, (graph: Graph) => boolean> => withFile(path, (file) => fitting(file, table));

/** A table of pairs in a file (E0001, E0522). */
export const readTable = (path: string): Either<Diagnostic, Table> => withFile(path, tableIn);
