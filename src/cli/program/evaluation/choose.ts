/** Which evaluations of a file, with which weights, and with which clauses given at the command line. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { clauses as table, measureClauses } from '../../../protocol/clauses.ts';
import type { Evaluation, Measured } from '../../../protocol/evaluation.ts';
import { clauseTexts, measureTexts } from '../../../protocol/write.ts';
import { openWeights } from '../../../runtime/files/weights.ts';
import { runFolder, trainingOfRun } from '../../../runtime/runs/list.ts';
import { readRecord, type RunRecord } from '../../../runtime/runs/record.ts';
import { startOf, type Span } from '../../../syntax/source.ts';
import type { Protocol } from '../../../syntax/tree.ts';
import type { Program } from '../../../typecheck/program/program.ts';
import { exitFor, type Exit } from '../../host/exit.ts';
import type { Io } from '../../host/io.ts';
import {
  loadSoundHere,
  netAsked,
  seenWith,
  tellPassedOver,
  unusedName,
  type Sound,
} from '../load.ts';
import { choiceOf, notDeclared } from '../not-declared.ts';
import { inPlaceOf, optionsOf, ownFile, textAt, type OwnDeclaration } from '../own-file.ts';
import { fail, tell } from '../report.ts';
import { weightsMeant } from '../run-files.ts';
import { clausesSet, type SetClauses } from '../set.ts';
import { rootOf, wordOf } from '../training/asked.ts';
import { evaluationsDeclared, isApartFrom, trainingsDeclared } from '../training/concerns.ts';
import type { EvalOptions, Wanted } from './asked.ts';

/** A sound program, and what is to be measured. */
export type Chosen = { readonly loaded: Sound; readonly wanted: readonly Wanted[] };

type Given = Pick<EvalOptions, 'eval' | 'all' | 'weights' | 'net' | 'set' | 'runs'>;

/** What is measured: evaluations that the file declares, or a net with weights that are given. */
type Subject =
  | { readonly tag: 'declared'; readonly names: readonly string[] }
  /** what a training learned, on the pictures that it keeps apart */
  | { readonly tag: 'training'; readonly name: string }
  | { readonly tag: 'net'; readonly weights: string };

/** The program with its faults printed, as far as they concern what is measured, and that. */
export const chosen = (io: Io, file: string, given: Given): Or<Exit, Chosen> => {
  const loaded = loadSoundHere(io, file, (program) => {
    const subject = subjectIn(file, program, given);
    if (Either.isLeft(subject)) return () => false;
    return isApartFrom(program, calledBy(subject.right));
  });
  if (Either.isLeft(loaded)) return loaded;
  const { program, passedOver } = loaded.right;
  const subject = subjectIn(file, program, given);
  if (Either.isLeft(subject)) return Either.left(fail(io, [subject.left]));
  tellPassedOver(io, file, passedOver, 'what is measured');
  const asking = { io, file, given, loaded: loaded.right };
  return subject.right.tag === 'declared'
    ? declared(asking, subject.right.names)
    : madeUp(asking, subject.right);
};

type Asking = {
  readonly io: Io;
  readonly file: string;
  readonly given: Given;
  readonly loaded: Sound;
};

const calledBy = (subject: Subject): Parameters<typeof isApartFrom>[1] => {
  switch (subject.tag) {
    case 'declared':
      return subject.names.map((name) => ({ tag: 'eval', name }));
    case 'training':
      return [{ tag: 'train', name: subject.name }];
    case 'net':
      return [];
  }
};

/** What the options mean in this file (E0961). */
const subjectIn = (file: string, program: Program, given: Given): Or<Diagnostic, Subject> => {
  const evaluations = evaluationsDeclared(program);
  const trainings = trainingsDeclared(program);
  if (given.eval !== undefined) {
    return evaluations.includes(given.eval)
      ? Either.right({ tag: 'declared', names: [given.eval] })
      : Either.left(notDeclared(file, 'eval', evaluations, '--eval', given.eval));
  }
  if (given.all) {
    return evaluations.length > 0
      ? Either.right({ tag: 'declared', names: evaluations })
      : Either.left(notDeclared(file, 'eval', [], '--eval', ''));
  }
  if (given.weights !== undefined) {
    const made = given.net === undefined ? trainingOf(given.weights, given) : undefined;
    return Either.right(
      made !== undefined && trainings.includes(made)
        ? { tag: 'training', name: made }
        : { tag: 'net', weights: given.weights },
    );
  }
  const [only, ...more] = evaluations;
  if (only !== undefined)
    return more.length === 0
      ? Either.right({ tag: 'declared', names: [only] })
      : Either.left(sayWhich(file, evaluations));
  const [training, ...others] = trainings;
  return training !== undefined && others.length === 0
    ? Either.right({ tag: 'training', name: training })
    : Either.left(nothingSaid(file, trainings));
};

/** What a run says of itself; undefined for weights that are a file. */
const runOf = (weights: string, given: Given): RunRecord | undefined => {
  const folder = runFolder(rootOf(given), weights);
  const record = folder === undefined ? undefined : readRecord(folder);
  return record !== undefined && Either.isRight(record) ? record.right : undefined;
};

/** The training that a run is of. */
const trainingOf = (weights: string, given: Given): string | undefined => {
  const run = runOf(weights, given)?.run;
  return run === undefined ? undefined : trainingOfRun(run);
};

const sayWhich = (file: string, names: readonly string[]): Diagnostic =>
  error('E0961', startOf(file), `this file declares ${names.length} evaluations; say which`, {
    notes: [`--eval NAME, where NAME is ${choiceOf(names)}`, 'or --all of them'],
  });

const nothingSaid = (file: string, trainings: readonly string[]): Diagnostic =>
  error('E0961', startOf(file), 'this file declares no evaluation', {
    notes: [
      trainings.length === 0
        ? 'declare one: `eval test : NET from "WEIGHTS.safetensors" { data imagefolder("data/test") }`'
        : '--weights RUN measures what a run has learned, on the pictures that its training keeps apart',
    ],
  });

// --------------------------------------------------------------------------------- evaluations that the file declares

const evaluationIn = ({ evaluations, entry }: Program, name: string): Evaluation => {
  const found = evaluations.find((e) => e.name === name);
  if (found === undefined) throw new Bug(`${name} of ${entry} is not sound, and has no fault`);
  return found;
};

const declared = (asking: Asking, names: readonly string[]): Or<Exit, Chosen> => {
  const { io, given, loaded } = asking;
  const all = names.map((name) => evaluationIn(loaded.program, name));
  const fused = all.find((e) => e.tag === 'mean');
  if (given.weights !== undefined && (fused !== undefined || all.length > 1))
    return Either.left(fail(io, [manyWeights(asking, fused)]));
  const wanted: Wanted[] = [];
  for (const evaluation of all) {
    const set = given.set.length === 0 ? Either.right(evaluation) : withSet(asking, evaluation);
    if (Either.isLeft(set)) return set;
    wanted.push({ evaluation: set.right, weights: given.weights });
  }
  return Either.right({ loaded, wanted });
};

const manyWeights = ({ file, given }: Asking, fused: Evaluation | undefined): Diagnostic =>
  error(
    'E0961',
    startOf(file),
    fused === undefined
      ? '`--weights` is for one evaluation, and several are asked for'
      : `\`${fused.name}\` is the mean of others, and \`--weights ${given.weights}\` is for one net`,
    { notes: ['name an evaluation of one net: --eval NAME'] },
  );

/** The evaluation with other clauses; of a mean, each that it is a mean of. */
const withSet = (asking: Asking, evaluation: Evaluation): Or<Exit, Evaluation> => {
  if (evaluation.tag === 'mean') {
    const of: Evaluation[] = [];
    for (const one of evaluation.of) {
      const set = withSet(asking, one);
      if (Either.isLeft(set)) return set;
      of.push(set.right);
    }
    return Either.right({ ...evaluation, of });
  }
  const { io, given, loaded } = asking;
  const clauses = clausesSet(measureClauses, given.set, measureTexts(evaluation.measure));
  if (Either.isLeft(clauses)) return Either.left(fail(io, [clauses.left]));
  const d = declarationOf(loaded.program, evaluation);
  if (d?.net === undefined || d.from === undefined)
    throw new Bug(`${evaluation.name} measures no net`);
  const text = (span: Span): string => textAt(loaded.program, span);
  return other(
    asking,
    {
      net: d.net.span,
      head: `${text(d.net.span)} from ${text(d.from.span)} with ${evaluation.name}`,
      clauses: clauses.right,
      behind: '',
    },
    evaluation,
  );
};

const declarationOf = ({ files, entry }: Program, { span }: Measured): Protocol | undefined =>
  (files.get(entry)?.tree.declarations ?? []).flatMap((d) =>
    d.tag === 'eval' && d.name.span.start === span.start ? [d] : [],
  )[0];

// ----------------------------------------------------------------------------------------- a net with weights of its own

/** An evaluation that no file declares: of a training, on what that keeps apart, or of a net with a file of weights. */
const madeUp = (
  asking: Asking,
  subject: Exclude<Subject, { readonly tag: 'declared' }>,
): Or<Exit, Chosen> => {
  const { io, given, loaded } = asking;
  const clauses = clausesSet(measureClauses, given.set, {});
  if (Either.isLeft(clauses)) return Either.left(fail(io, [clauses.left]));
  const { program } = loaded;
  const { tree } = program.files.get(program.entry)!;
  if (subject.tag === 'training') {
    const d = tree.declarations.find(
      (one) => one.tag === 'train' && one.name.text === subject.name,
    );
    if (d?.tag !== 'train' || d.net === undefined) throw new Bug(`${subject.name} trains no net`);
    const net = textAt(program, d.net.span);
    const training = trainedAs(asking, subject.name);
    const asTrained = unusedName(program, 'trained');
    const head = `${net} from ${training === undefined ? subject.name : asTrained}`;
    const behind =
      training === undefined
        ? ''
        : `train ${asTrained} : ${net} with ${subject.name} {\n${training.text}}\n`;
    const as = { name: subject.name, span: d.name.span };
    const made = other(asking, { net: d.net.span, head, clauses: clauses.right, behind }, as);
    return Either.map((evaluation: Measured) => chosenOne(loaded, evaluation, given.weights))(made);
  }
  const there = weightsThere(subject.weights, given);
  if (there !== undefined) return Either.left(fail(io, [there]));
  const net = netAsked(loaded, given.net);
  if (Either.isLeft(net)) return Either.left(fail(io, [net.left]));
  if (!given.set.some((clause) => wordOf(clause) === 'data'))
    return Either.left(fail(io, [withoutPictures(subject.weights)]));
  const { name, span } = net.right;
  const head = `${name} from ${JSON.stringify(subject.weights)}`;
  const written = { net: undefined, head, clauses: clauses.right, behind: '' };
  const made = other(asking, written, { name, span });
  return Either.map((evaluation: Measured) => chosenOne(loaded, evaluation, given.weights))(made);
};

/** Why there are no such weights, if so (E0001, E0504, E0950, E0951). */
const weightsThere = (weights: string, given: Given): Diagnostic | undefined => {
  const opened = Either.chain(openWeights)(weightsMeant(weights, () => {}, rootOf(given)));
  if (Either.isLeft(opened)) return opened.left;
  opened.right.close();
  return undefined;
};

const withoutPictures = (weights: string): Diagnostic =>
  error('E0961', startOf('--weights'), `nothing says on what \`${weights}\` is to be measured`, {
    notes: [
      'say it as a clause: `--set \'data=imagefolder("data/test")\'`',
      'or name an evaluation of this file, `--eval NAME`, whose data is taken',
    ],
  });

/** The clauses that the run which is measured was given beside its recipe, if it was. */
const trainedAs = ({ given, loaded }: Asking, name: string): SetClauses | undefined => {
  const training = loaded.program.trainings.find((t) => t.name === name);
  const set = given.weights === undefined ? [] : (runOf(given.weights, given)?.options?.set ?? []);
  if (training === undefined || set.length === 0) return undefined;
  const clauses = clausesSet(table, set, clauseTexts(training.recipe));
  return Either.isRight(clauses) ? clauses.right : undefined;
};

const chosenOne = (loaded: Sound, evaluation: Measured, weights: string | undefined): Chosen => ({
  loaded,
  wanted: [{ evaluation, weights }],
});

// ---------------------------------------------------------------------------------------------- a file of netc's own

/** The evaluation that is written so, under the name and at the place of another. */
const other = (
  { io, file, given, loaded }: Asking,
  written: Pick<OwnDeclaration, 'net' | 'head' | 'clauses' | 'behind'>,
  as: { readonly name: string; readonly span: Span },
): Or<Exit, Measured> => {
  const name = unusedName(loaded.program, 'set');
  const shown =
    given.set.length > 0
      ? optionsOf(written.clauses)
      : { path: '--weights', text: given.weights ?? '' };
  const own = ownFile(loaded, { keyword: 'eval', name, shown, ...written });
  const asked = [{ tag: 'eval', name }] as const;
  const { found, sources, program } = seenWith(io.cwd, file, own, (p) => isApartFrom(p, asked));
  tell(io, found, sources);
  if (program === undefined) return Either.left(exitFor(found));
  const made = evaluationIn(program, name);
  if (made.tag === 'mean') throw new Bug(`${as.name} became a mean`);
  return Either.right(inPlaceOf(own, made, as));
};
