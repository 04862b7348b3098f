/**
 * What a run writes beside its checkpoints: the log, the table of epochs, and how far it is. A training does not stop
 * because one of these cannot be written.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { appendTo } from '../disk/append.ts';
import { textChunks, writeFileAtomically } from '../disk/files.ts';
import { notLogged } from './faults.ts';
import { lineOf, type Entry } from './log.ts';
import { metricsCsv } from './metrics.ts';
import { jsonText, stateFile, type State } from './record.ts';
import type { Warn } from './saving.ts';

/** The names of the files. */
export const logFile = 'log.jsonl';
const metricsFile = 'metrics.csv';

/** The journal of a run. */
export type Journal = {
  readonly write: (entry: Entry) => void;
  readonly state: (state: State) => void;
  readonly close: () => void;
};

/**
 * The journal in a folder, which goes on after the entries of the first `length` bytes of its log. Of the faults, the
 * first is a warning (W0948).
 */
export const journalIn = (
  folder: string,
  { entries, length }: { readonly entries: readonly Entry[]; readonly length: number },
  warn: Warn,
): Either<Diagnostic, Journal> => {
  const path = `${folder}/${logFile}`;
  const log = appendTo(path, length);
  if (E.isLeft(log)) return E.left(notLogged(path, log.left));
  let silent = false;
  const report = (fault: Diagnostic): void => {
    if (!silent) warn(fault);
    silent = true;
  };
  const put = (name: string, text: string): void => {
    const written = writeFileAtomically(`${folder}/${name}`, textChunks(text));
    if (E.isLeft(written)) report({ ...written.left, code: 'W0948', severity: 'warning' });
  };
  const epochs = entries.filter(({ event }) => event === 'epoch');
  return E.right({
    write: (entry) => {
      const fault = log.right.append(new TextEncoder().encode(lineOf(entry)));
      if (fault !== undefined) report(notLogged(path, fault));
      if (entry.event !== 'epoch') return;
      epochs.push(entry);
      put(metricsFile, metricsCsv(epochs));
    },
    state: (state) => put(stateFile, jsonText(state)),
    close: log.right.close,
  });
};
