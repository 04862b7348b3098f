/** `netc runs`: what was trained here, on what, how well, and how far it is. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { runIn, runsFolder, runsIn } from '../../runtime/runs/list.ts';
import { doing, type Listed } from '../../runtime/runs/listed.ts';
import { fitted, lines, text } from '../../report/table.ts';
import { clock, figure, percent } from '../../report/training.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { fail, tell } from '../program/report.ts';
import { runNamed } from '../program/run-files.ts';
import { writeReport } from '../program/run-report.ts';

type RunsOptions = {
  readonly json: boolean;
  readonly report: boolean;
  readonly runs: string | undefined;
};

const stateText = (run: Listed): string => {
  const { state, holder } = run;
  const now = doing(run);
  switch (now) {
    case 'running':
      return `running, pid ${holder?.pid ?? 'unknown'}`;
    case 'failed':
    case 'finished':
      return now;
    case 'stopped':
    case 'killed':
      return `${now} after epoch ${state.epoch}`;
  }
};

/** `validation top-1 95.3 %, epoch 12` */
const bestText = ({ state: { best } }: Listed): string => {
  if (best === undefined) return '–';
  const [, top] = /top(\d)$/.exec(best.metric) ?? [];
  const value =
    top === undefined
      ? `${best.metric} ${figure(best.value)}`
      : `top-${top} ${percent(best.value)}`;
  return `${value}, epoch ${best.epoch}`;
};

const rowOf = (run: Listed): readonly string[] => {
  const { record, state } = run;
  return [
    record.run,
    record.net,
    record.data,
    bestText(run),
    stateText(run),
    `${state.epoch}/${state.epochs}`,
    clock(state.seconds),
  ];
};

const head = ['run', 'net', 'data', 'best', 'state', 'epochs', 'time'];

/** Why runs failed: sentences, which would make the table wide. */
const failures = (runs: readonly Listed[]): readonly string[] =>
  runs
    .filter((run) => doing(run) === 'failed')
    .map(({ record, state }) => `${record.run} failed: ${state.reason ?? 'no reason is stated'}`);

/** A table of runs, as wide as there is room. */
const showRuns = (runs: readonly Listed[], room: number): string => {
  const rows = [head, ...runs.map(rowOf)];
  const aligns = head.map((name) => (name === 'epochs' || name === 'time' ? 'right' : 'left'));
  const { table } = fitted(rows, aligns, ['time', 'epochs', 'data', 'net'], room);
  const why = failures(runs);
  return text([...table, ...(why.length === 0 ? [] : ['', ...why])]);
};

const jsonOf = (run: Listed): unknown => {
  const { folder, record, state, holder } = run;
  const { run: name, net, data, engine, device, seed, started } = record;
  const { step, epoch, epochs, best, seconds, reason } = state;
  return {
    ...{ run: name, folder, net, data, state: doing(run), pid: holder?.pid, reason },
    ...{ best, epoch, epochs, step, seconds, started, engine, device, seed },
  };
};

/** The runs of these names below the folder of runs, or all of them, and the faults of those that cannot be read. */
const found = (
  named: readonly string[],
  root: string,
): { readonly runs: readonly Listed[]; readonly faults: readonly Diagnostic[] } => {
  if (named.length === 0) return runsIn(root);
  const all = named.map((name) => Either.chain(runIn)(runNamed(name, root)));
  return {
    runs: all.flatMap((run) => (Either.isRight(run) ? [run.right] : [])),
    faults: all.flatMap((run) => (Either.isLeft(run) ? [run.left] : [])),
  };
};

/** Writes the reports of runs again, and says where they are. */
const reports = (all: readonly Listed[], io: Io): Exit => {
  for (const { folder } of all) {
    const written = writeReport(folder);
    if (Either.isLeft(written)) return fail(io, [written.left]);
    io.err(lines(`${written.right} is written`));
  }
  return exit.fine;
};

export const runs = async (named: readonly string[], given: RunsOptions, io: Io): Promise<Exit> => {
  const root = given.runs ?? runsFolder;
  const { runs: all, faults } = found(named, root);
  if (named.length > 0 && faults.length > 0) return fail(io, faults);
  tell(io, faults);
  if (given.report) return reports(all, io);
  if (given.json) io.out(`${JSON.stringify(all.map(jsonOf), undefined, 2)}\n`);
  else if (all.length > 0) io.out(showRuns(all, io.room));
  else io.err(lines(`there are no runs in \`${root}/\`; \`netc train FILE\` makes one`));
  return exit.fine;
};
