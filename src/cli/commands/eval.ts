/** `netc eval FILE`: measures nets with their weights, as the evaluations of a program say. */
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { lines } from '../../report/table.ts';
import { percent } from '../../report/training.ts';
import { writeNpy } from '../../runtime/files/arrays.ts';
import { startOf } from '../../syntax/source.ts';
import { endings, exit, exitFor, type Ending, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { meantEngine } from '../program/engine.ts';
import type { Command, EvalOptions, Wanted } from '../program/evaluation/asked.ts';
import { chosen } from '../program/evaluation/choose.ts';
import {
  foundJson,
  foundText,
  judged,
  keepFound,
  type Judged,
} from '../program/evaluation/found.ts';
import { outcomesOf, type Failed } from '../program/evaluation/outcomes.ts';
import { weightFaults } from '../program/evaluation/prepare.ts';
import { fail, tell, warningTo } from '../program/report.ts';

export const evaluate = async (file: string, typed: EvalOptions, io: Io): Promise<Exit> => {
  const asked = chosen(io, file, typed);
  if (Either.isLeft(asked)) return asked.left;
  const { loaded, wanted } = asked.right;
  const many = typed.output !== undefined && wanted.length > 1;
  if (many) return fail(io, [oneOutput(file)]);
  const given = { ...typed, engine: await meantEngine(io, typed.engine) };
  const warn = warningTo(io, loaded.sources);
  const command: Command = { file, given, io, loaded, warn };
  const faults = weightFaults(command, wanted);
  if (faults.length > 0) return fail(io, faults, loaded.sources);
  return all(command, wanted);
};

const oneOutput = (file: string): Diagnostic =>
  error('E0961', startOf(file), '`--output` is for the posteriors of one evaluation', {
    notes: ['name it: --eval NAME'],
  });

/** Measures one after the other. The first that fails ends the command. */
const all = async (command: Command, wanted: readonly Wanted[]): Promise<Exit> => {
  const { io, given, loaded } = command;
  let by: Ending | undefined;
  const found: Judged[] = [];
  const failed = await io.interruptible(
    (ending) => {
      by = ending;
      io.progress('');
    },
    async (): Promise<Failed | undefined> => {
      const outcome = outcomesOf(command, wanted, { ended: () => by });
      for (const one of wanted) {
        const done = await outcome(one);
        if (Either.isLeft(done)) return done.left;
        const own = judged(done.right, given.calibrate);
        found.push(own);
        if (!given.json) io.out(`${found.length > 1 ? '\n' : ''}${foundText(own)}`);
        const kept = given.limit === undefined ? keepFound(own, command.warn) : [];
        if (kept.length > 0)
          io.err(lines(`kept in ${kept.map((folder) => `${folder}/report.html`).join(', ')}`));
      }
      return undefined;
    },
  );
  if (given.json)
    io.out(`${JSON.stringify({ evaluations: found.map(foundJson) }, undefined, 2)}\n`);
  if (failed !== undefined) {
    if (!('tag' in failed)) {
      tell(io, failed, loaded.sources);
      return exitFor(failed, true);
    }
    io.err(lines('stopped; what was measured so far of this evaluation is not kept'));
    return by === undefined ? exit.interrupted : endings[by];
  }
  const written = writeOutput(command, found);
  return written ?? (underIn(command, found) ? exit.faulty : exit.fine);
};

/** Writes the posteriors, [pictures, classes] in the order of the set, where that is asked for. */
const writeOutput = ({ given, io }: Command, [only]: readonly Judged[]): Exit | undefined => {
  if (given.output === undefined || only === undefined) return undefined;
  const { places, classes, data } = only.posteriors;
  const shape = [places.length, classes];
  const written = writeNpy(given.output, { shape, data: Float32Array.from(data) });
  if (Either.isLeft(written)) return fail(io, [written.left]);
  io.err(lines(`${given.output}: [${shape.join(', ')}], float32`));
  return undefined;
};

/** Says which evaluations are under what was asked for; whether there is one. */
const underIn = ({ given: { failUnder }, io }: Command, found: readonly Judged[]): boolean => {
  if (failUnder === undefined) return false;
  const under = found.filter(({ metrics: m }) => !(m.top1 / m.pictures >= failUnder));
  for (const { evaluation, metrics: m } of under)
    io.err(
      lines(
        `error: top-1 of \`${evaluation.name}\` is ${percent(m.top1 / m.pictures)}, under ${percent(failUnder)}`,
      ),
    );
  return under.length > 0;
};
