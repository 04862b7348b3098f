/**
 * Whether a run is what a training would make now: of the same recipe, net, data and weights to begin with. What else
 * stands in its file does not matter, and neither does what computes.
 */
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../../../../check.ts';
import { graphOf } from '../../../../compile.ts';
import { resultOf } from '../../../../diagnostic/checked.ts';
import { showGraph } from '../../../../graph/print.ts';
import type { Training } from '../../../../protocol/recipe.ts';
import { changedClauses } from '../../../../runtime/runs/begin.ts';
import type { Listed } from '../../../../runtime/runs/listed.ts';
import { readSources, sourceDigest, type Sources } from '../../../../runtime/runs/sources.ts';
import { isShipped } from '../../../../rewrite/shipped.ts';
import type { TypedNet } from '../../../../typecheck/net/typed.ts';
import type { ReadFault } from '../../../../typecheck/program/modules.ts';
import { diskFiles } from '../../disk.ts';

/** The weights that a training begins with: none of others, a file with this digest, or what is trained before it. */
export type Begins =
  | { readonly tag: 'drawn' }
  | { readonly tag: 'taken'; readonly digest: string }
  | { readonly tag: 'later'; readonly name: string }
  /** they cannot be had any more: a run that has them is believed */
  | { readonly tag: 'gone' };

/** What a training would be made of now. */
export type Now = {
  readonly training: Training;
  readonly sources: Sources;
  /** the digest of its pictures */
  readonly data: string;
  readonly begins: Begins;
};

/** Why a run is not what the training would make now, in words for a line; undefined where it is. */
export const differenceFrom = (run: Listed, now: Now): string | undefined => {
  const { folder, record } = run;
  const { training, begins } = now;
  const clauses = changedClauses(folder, record, training.recipe);
  if (clauses !== undefined)
    return clauses.length > 1
      ? `${clauses[0]}, and ${clauses.length - 1} more`
      : (clauses[0] ?? 'its recipe has changed');
  if (!hasNetOf(run, now)) return `its net \`${training.net.name}\` has changed`;
  if (record.dataDigest !== now.data) return 'its data has changed';
  if (begins.tag === 'later') return `\`${begins.name}\` is trained before it`;
  return begins.tag === 'taken' && record.start?.digest !== begins.digest
    ? 'it began with other weights'
    : undefined;
};

/** Whether a run has the net of a training, layer by layer. */
const hasNetOf = (run: Listed, { training, sources }: Now): boolean =>
  sourceDigest(sources) === run.record.sourceDigest ||
  textOf(training.net) === netThen(run, training.name);

const textOf = (net: TypedNet): string | undefined => {
  const graph = graphOf(net, undefined);
  return Either.isRight(graph) ? showGraph(graph.right) : undefined;
};

const notKept: ReadFault = { code: 'E0001', message: 'is not kept in the run' };

/** The net of a run, from the program that it keeps; undefined where that cannot be read any more. */
const netThen = ({ folder, record }: Listed, name: string): string | undefined => {
  const sources = readSources(folder, record);
  const [entry] = record.sources;
  if (Either.isLeft(sources) || entry === undefined) return undefined;
  const disk = diskFiles(folder); // for what netc ships
  const program = analyse(
    {
      ...disk,
      read: (path) => {
        if (isShipped(path)) return disk.read(path);
        const kept = sources.right.find((source) => source.path === path);
        return kept === undefined ? Either.left(notKept) : Either.right(kept);
      },
    },
    entry,
    { asserts: false },
  );
  const training = resultOf(program)?.trainings.find((t) => t.name === name);
  return training && textOf(training.net);
};
