/** Prints diagnostics. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { inOrder, tally } from '../../diagnostic/order.ts';
import { renderDiagnostics } from '../../diagnostic/terminal/render.ts';
import type { Sources } from '../../syntax/source.ts';
import { exitFor, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { lines } from '../../report/table.ts';

/** Faults of the command line and of data have no source text. */
const noSources: Sources = new Map();

/** Prints diagnostics to stderr, then their count; prints nothing when there are none. */
export const tell = (io: Io, found: readonly Diagnostic[], sources: Sources = noSources): void => {
  if (found.length === 0) return;
  const options = { colour: io.colour.err, width: io.width };
  io.err(renderDiagnostics(found, sources, options));
  const code = inOrder(found).find((d) => d.severity === 'error')?.code;
  const more = code === undefined ? '' : `; \`netc explain ${code}\` says more`;
  io.err(lines('', tally(found) + more));
};

/** Prints the faults and ends the command with their exit code. */
export const fail = (io: Io, found: readonly Diagnostic[], sources?: Sources): Exit => {
  tell(io, found, sources);
  return exitFor(found, true);
};

/** Prints warnings of work that goes on, in place of the line that shows how far it is. */
export const warningTo =
  (io: Io, sources: Sources) =>
  (warning: Diagnostic): void => {
    io.progress('');
    tell(io, [warning], sources);
  };
