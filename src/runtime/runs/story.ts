/** All that the folder of a run tells, for its report. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Source } from '../../syntax/source.ts';
import { decoded } from '../data/decode.ts';
import { exists } from '../disk/folders.ts';
import { readText } from '../files/texts.ts';
import { configurationFile, logIn, planFile } from './begin.ts';
import { evaluationsIn, type Evaluated } from './evaluations.ts';
import { findings, findingsFile, type Findings } from './findings.ts';
import { runIn } from './list.ts';
import type { Listed } from './listed.ts';
import { entriesIn, type Entry } from './log.ts';
import { memory, memoryFile, type Memory } from './memory.ts';
import { malformedRun } from './record.ts';
import { readSources } from './sources.ts';

/** The story of a run. */
export type Story = {
  readonly run: Listed;
  readonly entries: readonly Entry[];
  readonly findings: Findings | undefined;
  readonly sources: readonly Source[];
  readonly configuration: string;
  readonly plan: string;
  /** undefined where it was not kept */
  readonly memory: Memory | undefined;
  readonly evaluations: readonly Evaluated[];
};

/** More than any of these files has. */
const mostBytes = 2 ** 28;

/** A text of the folder; empty where it is missing. */
const textIn = (folder: string, name: string): Either<Diagnostic, string> => {
  const path = `${folder}/${name}`;
  return exists(path)
    ? readText(path, mostBytes, (what) => malformedRun(folder, `its \`${name}\`: ${what}`))
    : E.right('');
};

/** The story of the run in a folder (E0001, E0944). */
export const storyOf = (folder: string): Either<Diagnostic, Story> => {
  const run = runIn(folder);
  if (E.isLeft(run)) return run;
  const sources = readSources(folder, run.right.record);
  if (E.isLeft(sources)) return sources;
  const log = logIn(folder);
  if (E.isLeft(log)) return log;
  const texts: string[] = [];
  for (const name of [configurationFile, planFile, findingsFile, memoryFile]) {
    const text = textIn(folder, name);
    if (E.isLeft(text)) return text;
    texts.push(text.right);
  }
  const [configuration = '', plan = '', found = '', taken = ''] = texts;
  const read = decoded(found, findings);
  const course = decoded(taken, memory);
  return E.right({
    run: run.right,
    entries: entriesIn(log.right),
    findings: E.isRight(read) ? read.right : undefined,
    sources: sources.right,
    configuration,
    plan,
    memory: E.isRight(course) ? course.right : undefined,
    evaluations: evaluationsIn(folder),
  });
};
