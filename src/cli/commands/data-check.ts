/** `netc data check DATA`: counts per class, sizes, pictures that cannot be read, mean and deviation, a contact sheet. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { thousands } from '../../numeric/figures.ts';
import type { Data, Training } from '../../protocol/recipe.ts';
import { brokenLines, showData, type DataReport } from '../../report/data.ts';
import { lines, text } from '../../report/table.ts';
import type { Dataset, Part } from '../../runtime/batches/dataset.ts';
import { examine, type Examined } from '../../runtime/dataset/examine.ts';
import { misfitOf } from '../../runtime/batches/fit.ts';
import { guessed } from '../../runtime/dataset/guess.ts';
import type { Settings, Takes } from '../../runtime/batches/loader.ts';
import { countsOf, openFaulty, type Faulty } from '../../runtime/dataset/open.ts';
import type { Survey } from '../../runtime/batches/survey.ts';
import { contactSheet, rowsOf } from '../../runtime/dataset/sheet.ts';
import { usualWorkers } from '../../runtime/dataset/worker/crew.ts';
import { writeFileAtomically } from '../../runtime/disk/files.ts';
import { loadSharp } from '../../runtime/files/pictures.ts';
import { noSharp } from '../../runtime/store/picture.ts';
import { startOf, type Sources } from '../../syntax/source.ts';
import type { Program } from '../../typecheck/program/program.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { outputsOf } from '../program/attached.ts';
import { namedIn } from '../program/file-and-net.ts';
import { loadSoundHere } from '../program/load.ts';
import { isElsewhere } from '../program/training/concerns.ts';
import { fail, tell } from '../program/report.ts';
import { classFault } from '../../runtime/train/classes.ts';
import { atData } from '../program/training/data-place.ts';
import { settingsOf, takesOf } from '../../runtime/batches/settings.ts';

type DataCheckOptions = {
  readonly output: string | undefined;
  readonly json: boolean;
  readonly workers: number | undefined;
};

/** A training in its program. */
type Declared = { readonly training: Training; readonly program: Program };

/** The set to look at; of a training also its sources, for messages. */
type Asked = {
  readonly data: Data;
  readonly declared: Declared | undefined;
  readonly sources: Sources;
};

/** The training that is named, or the only one (E0316). */
const trainingIn = (
  { trainings }: Program,
  file: string,
  name: string | undefined,
): Or<Diagnostic, Training> => {
  const names = trainings.map((t) => t.name);
  const [only, ...others] = name === undefined ? trainings : [];
  const found = name === undefined ? only : trainings.find((t) => t.name === name);
  if (found !== undefined && others.length === 0) return Either.right(found);
  const list = names.map((n) => `\`${n}\``).join(', ');
  if (names.length === 0)
    return Either.left(error('E0316', startOf(file), 'this file declares no training of a net'));
  if (name === undefined)
    return Either.left(
      error('E0316', startOf(file), `this file declares ${names.length} trainings; say which`, {
        notes: [`${file}:NAME, where NAME is ${names.join(' or ')}`],
      }),
    );
  const [close] = near(name, names);
  return Either.left(
    error('E0316', startOf(file), `there is no training \`${name}\` in this file`, {
      label: close === undefined ? '' : `did you mean \`${close}\`?`,
      notes: [`its trainings are ${list}`],
    }),
  );
};

/** What is asked for: a path, or the data of a training. `left` is the exit code. */
const asked = (io: Io, written: string): Or<Exit, Asked> => {
  const named = namedIn(written);
  const sources: Sources = new Map();
  if (named === undefined)
    return Either.bimap(
      (fault: Diagnostic) => fail(io, [fault]),
      (data: Data) => ({ data, declared: undefined, sources }),
    )(guessed(io.cwd, written));
  const loaded = loadSoundHere(io, named.file, (program) => isElsewhere(program, named.name));
  if (Either.isLeft(loaded)) return loaded;
  return Either.bimap(
    (fault: Diagnostic) => fail(io, [fault]),
    (training: Training) => ({
      data: training.recipe.data,
      declared: { training, program: loaded.right.program },
      sources: loaded.right.sources,
    }),
  )(trainingIn(loaded.right.program, named.file, named.name));
};

/** How a training would make batches of the set (E0964, E0966). */
const settingsFor = (
  declared: Declared | undefined,
  dataset: Dataset,
): Or<Diagnostic, Settings | undefined> => {
  if (declared === undefined) return Either.right(undefined);
  const { training, program } = declared;
  const fault = classFault(training, dataset, program);
  if (fault !== undefined) return Either.left(fault);
  const chosen = { workers: 0, strict: false, measured: undefined };
  return Either.map((takes: Takes) => settingsOf(training.recipe, takes, chosen))(
    takesOf(training),
  );
};

/** A set without the classes that have no pictures, where that is a fault (E0904): to mend it they go. */
const withPictures = (dataset: Dataset, faults: readonly Diagnostic[]): Dataset => {
  if (!faults.some(({ code }) => code === 'E0904')) return dataset;
  const counts = countsOf(dataset.train.labels, dataset.classes.length);
  return { ...dataset, classes: dataset.classes.filter((_, i) => counts[i]! > 0) };
};

/** How many pictures of each class can be read. */
const readOf = (part: Part, { broken }: Survey, classes: number): readonly number[] => {
  const unread = countsOf(
    broken.map(({ label }) => label),
    classes,
  );
  return countsOf(part.labels, classes).map((n, i) => n - unread[i]!);
};

/** The set and what was found in it, for people and machines. */
const reportOf = (
  { path, classes, train, validation }: Dataset,
  found: Examined,
  faults: readonly Diagnostic[],
): DataReport => {
  const counts = readOf(train, found.train, classes.length);
  const apart =
    validation && found.validation && readOf(validation, found.validation, classes.length);
  const broken = [...found.train.broken, ...(found.validation?.broken ?? [])];
  return {
    data: path,
    classes: classes.map((name, i) => ({
      name,
      train: counts[i]!,
      ...(apart === undefined ? {} : { validation: apart[i]! }),
    })),
    sizes: found.train.sizes,
    order: found.order,
    mean: found.measured?.mean ?? [],
    std: found.measured?.std ?? [],
    broken: broken.map(({ name, reason }) => ({ name, reason })),
    faults: faults.map(({ code, message, notes }) => ({ code, message, notes })),
  };
};

/** Writes the contact sheet (E0509, E0511, E0702). */
const writeSheet = async (
  { path, train, classes }: Dataset,
  output: string,
): Promise<Or<Diagnostic, void>> => {
  const sharp = await loadSharp().catch(() => undefined);
  if (sharp === undefined) return Either.left(noSharp(path));
  const sheet = await contactSheet(train, classes.length, sharp);
  return writeFileAtomically(output, [Either.right(sheet)]);
};

/** Prints what is there, and behind it all that is wrong with it. */
const looked = async (
  { dataset, faults: found }: Faulty,
  { declared, sources }: Asked,
  given: DataCheckOptions,
  io: Io,
): Promise<Exit> => {
  const settings = settingsFor(declared, withPictures(dataset, found));
  const misfit = Either.isLeft(settings)
    ? settings.left
    : settings.right && misfitOf(dataset, settings.right);
  const faults = misfit === undefined ? found : [...found, misfit];
  // pictures that do not become what the net takes are measured as they are
  const asNet = Either.isLeft(settings) || misfit !== undefined ? undefined : settings.right;
  const count = dataset.train.count + (dataset.validation?.count ?? 0);
  const progress = (done: number): void =>
    io.progress(`${thousands(done)} of ${thousands(count)} pictures`);
  const examined = await examine(dataset, asNet, given.workers ?? usualWorkers(), progress);
  io.progress('');
  const report = reportOf(dataset, examined, faults);
  io.out(given.json ? `${JSON.stringify(report, undefined, 2)}\n` : text(showData(report)));
  io.err(text(brokenLines(report)));
  tell(io, faults, sources);
  if (given.output !== undefined) {
    const written = await writeSheet(dataset, given.output);
    if (Either.isLeft(written)) return fail(io, [written.left]);
    const rows = rowsOf(dataset.classes.length);
    io.err(
      lines(
        `${given.output}: a row for each class, from \`${dataset.classes[0]}\` to \`${dataset.classes[rows - 1]}\``,
      ),
    );
  }
  return report.broken.length === 0 && faults.length === 0 ? exit.fine : exit.faulty;
};

export const checkData = async (
  written: string,
  given: DataCheckOptions,
  io: Io,
): Promise<Exit> => {
  const what = asked(io, written);
  if (Either.isLeft(what)) return what.left;
  const { data, declared } = what.right;
  const outputs = declared && outputsOf(declared.training.net);
  const opened = await openFaulty(data, io.cwd, outputs);
  const placed = declared === undefined ? (d: Diagnostic) => d : atData(declared.training);
  if (Either.isLeft(opened)) return fail(io, [placed(opened.left)], what.right.sources);
  try {
    const { dataset, faults } = opened.right;
    return await looked({ dataset, faults: faults.map(placed) }, what.right, given, io);
  } finally {
    await opened.right.dataset.close();
  }
};
