/** What becomes of each training of a file, and what is wrong with it, before the first begins. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../../diagnostic/diagnostic.ts';
import type { Dataset } from '../../../../runtime/batches/dataset.ts';
import { inUse } from '../../../../runtime/runs/faults.ts';
import { runsOf } from '../../../../runtime/runs/list.ts';
import { outputsOf } from '../../attached.ts';
import type { Command } from '../asked.ts';
import { sourcesOf } from '../describe.ts';
import { lower } from '../lowered.ts';
import type { Planned } from '../../../../runtime/train/memory.ts';
import { wantedBy } from '../one.ts';
import { examine, openData, type Wanted } from '../prepare.ts';
import type { SetSize } from '../tell.ts';
import { takenFor } from '../taken.ts';
import { fateOf, type Fate } from './fate.ts';
import { beginsWith } from './order.ts';
import type { Begins } from './same.ts';

/** A training that was examined. */
export type Examined = {
  readonly command: Command;
  readonly fate: Fate;
  /** the training of the same file that it begins with */
  readonly source: Examined | undefined;
  /** its step, where it is to be trained, and its data */
  readonly planned: Planned | undefined;
  readonly set: SetSize;
};

/** Sets of pictures, each opened once. */
type Opened = Map<string, Or<Diagnostic, { readonly dataset: Dataset; readonly sum: string }>>;

/** The set of a training, and its digest. */
const dataOf = async (opened: Opened, wanted: Omit<Wanted, 'resumed'>) => {
  const { recipe, net } = wanted.training;
  const key = JSON.stringify([recipe.data, outputsOf(net)]);
  const made =
    opened.get(key) ??
    Either.map((dataset: Dataset) => ({ dataset, sum: dataset.digest().sum }))(
      await openData(wanted),
    );
  opened.set(key, made);
  return made;
};

/** What a training begins with, and why that cannot be had. */
const beginningOf = (
  wanted: Omit<Wanted, 'resumed'>,
  source: Examined | undefined,
): { readonly begins: Begins; readonly fault?: Diagnostic } => {
  const { initFrom } = wanted.training.recipe;
  if (initFrom === undefined) return { begins: { tag: 'drawn' } };
  if (source !== undefined && source.fate.tag !== 'finished')
    return { begins: { tag: 'later', name: source.command.chosen.training.name } };
  const lowered = lower(wanted);
  const taken = Either.isLeft(lowered) ? lowered : takenFor(wanted, lowered.right.graph, initFrom);
  if (Either.isLeft(taken)) return { begins: { tag: 'gone' }, fault: taken.left };
  taken.right.close();
  return { begins: { tag: 'taken', digest: taken.right.start.digest } };
};

const examineOne = async (
  opened: Opened,
  command: Command,
  source: Examined | undefined,
): Promise<Or<Diagnostic, Examined>> => {
  const wanted = wantedBy(command);
  const { training } = wanted;
  const data = await dataOf(opened, wanted);
  if (Either.isLeft(data)) return data;
  const { begins, fault } = beginningOf(wanted, source);
  const now = { training, sources: sourcesOf(command.chosen), data: data.right.sum, begins };
  const fate = fateOf(runsOf(wanted.runs, training.name), now);
  const one = { command, fate, source, set: data.right.dataset };
  if (fate.tag === 'finished') return Either.right({ ...one, planned: undefined });
  if (fate.tag === 'begins' && fault !== undefined) return Either.left(fault);
  if (fate.tag === 'goes on' && fate.run.holder !== undefined)
    return Either.left(inUse(fate.run.folder, fate.run.holder));
  const planned = await examine({ ...wanted, resumed: undefined }, data.right.dataset);
  return Either.map((found: Planned) => ({ ...one, planned: found }))(planned);
};

/** All trainings, in order; those that are faulty are left out, with what is wrong with them. */
export const examined = async (
  commands: readonly Command[],
): Promise<{ readonly all: readonly Examined[]; readonly faults: readonly Diagnostic[] }> => {
  const opened: Opened = new Map();
  const all: Examined[] = [];
  const faults: Diagnostic[] = [];
  for (const command of commands) {
    const { training } = command.chosen;
    const own = beginsWith(
      training,
      commands.map((c) => c.chosen.training),
    );
    const source = all.find((one) => one.command.chosen.training === own);
    if (own !== undefined && source === undefined) continue; // the fault of its source has been found
    const found = await examineOne(opened, command, source);
    if (Either.isRight(found)) all.push(found.right);
    else faults.push(found.left);
  }
  for (const one of opened.values()) if (Either.isRight(one)) await one.right.dataset.close();
  return { all, faults };
};
