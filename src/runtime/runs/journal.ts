/**
 * What a run writes beside its checkpoints: the log, the same for TensorBoard, the table of epochs, and how far it is. A
 * training does not stop because one of these cannot be written.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { appendTo, type Appender } from '../disk/append.ts';
import { textChunks } from '../data/bytes.ts';
import { overwrite, writeFileAtomically } from '../disk/files.ts';
import { exists } from '../disk/folders.ts';
import { host } from '../disk/processes.ts';
import { recordOf, scalarsOf, type Occasion } from './event-file.ts';
import { notLogged } from './faults.ts';
import { findingsFile, type Findings } from './findings.ts';
import { lineOf, type Entry } from './log.ts';
import { metricsCsv } from './metrics.ts';
import { jsonText, stateFile, type State } from './record.ts';
import type { Warn } from './saving.ts';

/** The names of the files. */
export const logFile = 'log.jsonl';
const metricsFile = 'metrics.csv';

/**
 * An event file that is not there yet. TensorBoard reads all of a folder, in the order of their names; each session of a
 * run writes one.
 */
const newEventFile = (folder: string): string => {
  const seconds = Math.floor(Date.now() / 1000);
  const name = `${folder}/events.out.tfevents.${seconds}.${host()}.${process.pid}`;
  for (let n = 0; ; n++) if (!exists(`${name}.${n}`)) return `${name}.${n}`;
};

const asWarning = (fault: Diagnostic): Diagnostic => ({
  ...fault,
  ...{ code: 'W0948', severity: 'warning' },
});

/** The journal of a run. */
export type Journal = {
  readonly write: (entry: Entry) => void;
  readonly state: (state: State) => void;
  readonly findings: (found: Findings) => void;
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
  const eventPath = newEventFile(folder);
  const events = appendTo(eventPath, 0);
  if (E.isLeft(events)) {
    log.right.close();
    return E.left(notLogged(eventPath, events.left));
  }
  let silent = false;
  const report = (fault: Diagnostic): void => {
    if (!silent) warn(fault);
    silent = true;
  };
  const put = (name: string, text: string): void => {
    const written = writeFileAtomically(`${folder}/${name}`, textChunks(text));
    if (E.isLeft(written)) report(asWarning(written.left));
  };
  const append = (file: Appender, name: string, bytes: Uint8Array): void => {
    const fault = file.append(bytes);
    if (fault !== undefined) report(notLogged(name, fault));
  };
  const tell = (event: Occasion): void =>
    append(events.right, eventPath, recordOf({ wallTime: Date.now() / 1000, ...event }));
  tell({ tag: 'version', step: 0 });
  // of later steps, what a session before this one wrote is no longer true
  const last = entries.at(-1)?.step;
  if (last !== undefined) tell({ tag: 'restart', step: last + 1 });
  const epochs = entries.filter(({ event }) => event === 'epoch');
  return E.right({
    write: (entry) => {
      append(log.right, path, new TextEncoder().encode(lineOf(entry)));
      if (entry.event !== 'step' && entry.event !== 'epoch') return;
      const scalars = scalarsOf(entry.event, entry.figures);
      tell({ tag: 'scalars', step: entry.step, scalars });
      if (entry.event !== 'epoch') return;
      epochs.push(entry);
      put(metricsFile, metricsCsv(epochs));
    },
    state: (state) => {
      const [path, text] = [`${folder}/${stateFile}`, jsonText(state)];
      const written = writeFileAtomically(path, textChunks(text));
      // a full disk has no room for a second file, and the old one has room for a few words more
      if (E.isLeft(written) && !overwrite(path, text)) report(asWarning(written.left));
    },
    findings: (found) => put(findingsFile, `${JSON.stringify(found)}\n`),
    close: () => {
      log.right.close();
      events.right.close();
    },
  });
};
