/** Begins a worker: its server, the others, and a watch over them. */
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Cluster, Team } from '../../engines/cluster.ts';
import type { LoadedEngine } from '../../engines/engine.ts';
import { EngineFailure, WorkersLost } from '../../engines/failure.ts';
import type { Unusable } from '../../engines/host.ts';
import { teamOn } from '../../engines/tensorflow/team.ts';
import { engineOn } from '../../engines/tensorflow.ts';
import { installedTensorflow } from '../../install/installed.ts';
import { presetForTensorflow, threadsAsked } from '../host.ts';
import { serveLibrary } from '../tensorflow/library.ts';
import type { Koffi } from '../tensorflow/foreign.ts';
import { refusalOf } from './ports.ts';
import { missingAfter, usualPatience, watchOver, type Watch } from './watch.ts';

/** Why a worker cannot begin. */
export type JoinFault =
  | ({ readonly tag: 'unusable' } & Unusable)
  /** its own port; `reason` is the system's word */
  | { readonly tag: 'port'; readonly reason: string }
  /** the ranks of those that have not come, and the seconds that were waited for them */
  | { readonly tag: 'missing'; readonly ranks: readonly number[]; readonly seconds: number }
  /** all ports answer, and those behind them are not these workers, as they are listed here */
  | { readonly tag: 'strangers'; readonly seconds: number }
  /** the ranks of those that were there, and are not any more */
  | { readonly tag: 'lost'; readonly ranks: readonly number[] };

/** A worker that has begun: the engine computes with all others. */
export type Joined = {
  readonly engine: LoadedEngine;
  readonly team: Team;
  /** waits until all others come to their end too, as none can end while another waits for what it has computed */
  readonly leave: () => Promise<void>;
};

/** Milliseconds in which a worker that has made a run fail is seen to be lost. */
const recognition = 10_000;

/**
 * A server cannot be stopped, and a run that waits for a worker that is lost never ends, nor would the process: so it ends
 * here, with the code that it was going to end with, when all else is done.
 */
const endAtOnce = (koffi: Koffi): void => {
  const end = koffi.load('libc.so.6').func('void _exit(int)');
  process.on('exit', (code) => void end(code));
};

/** Why the workers do not find each other though all ports answer; undefined where they do. */
const meeting = async (team: Team, milliseconds: number): Promise<JoinFault | undefined> => {
  const late = wait(milliseconds, undefined, { ref: false });
  const strangers: JoinFault = { tag: 'strangers', seconds: milliseconds / 1000 };
  try {
    return (await Promise.race([team.share(''), late])) === undefined ? strangers : undefined;
  } catch (thrown) {
    if (thrown instanceof WorkersLost) return { tag: 'lost', ranks: thrown.ranks };
    if (thrown instanceof EngineFailure) return strangers;
    throw thrown;
  }
};

/** Starts the server of a worker, and waits for all others. */
export const join = async (
  cluster: Cluster,
  patience = usualPatience,
): Promise<Either<JoinFault, Joined>> => {
  const installed = installedTensorflow();
  if (E.isLeft(installed)) return E.left({ tag: 'unusable', ...installed.left });
  const { koffi } = installed.right;
  if (koffi === undefined)
    return E.left({
      tag: 'unusable',
      reason: 'koffi, which starts TensorFlow’s servers, is not installed',
      remedy: 'netc doctor --install tensorflow',
    });
  const reason = await refusalOf(cluster.addresses[cluster.rank]!);
  if (reason !== undefined) return E.left({ tag: 'port', reason });
  // what the library logs of others that are lost is in the errors that it gives, too
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  presetForTensorflow();
  // or a proxy for the web would be asked for the workers
  process.env['no_grpc_proxy'] ??= cluster.addresses.map((a) => a.replace(/:\d+$/, '')).join();
  let watch: Watch | undefined;
  const lost = async (): Promise<unknown> => {
    const ranks = (await watch?.lostWithin(recognition)) ?? [];
    return ranks.length === 0 ? undefined : new WorkersLost(ranks);
  };
  const served = await serveLibrary({ ...installed.right, koffi }, threadsAsked(), cluster, lost);
  if (E.isLeft(served)) return E.left({ tag: 'unusable', ...served.left });
  const { library, end } = served.right;
  endAtOnce(createRequire(import.meta.url)(koffi) as Koffi);
  const ranks = await missingAfter(cluster, patience);
  if (ranks.length > 0) return E.left({ tag: 'missing', ranks, seconds: patience.arrival / 1000 });
  const over = watchOver(cluster, patience, (all) => end(new WorkersLost(all)));
  watch = over;
  const team = teamOn(library, cluster);
  const met = await meeting(team, patience.arrival);
  if (met !== undefined) return E.left(met);
  const leave = async (): Promise<void> => {
    // one that is gone has come to its end
    await team.share('').catch(() => undefined);
    over.end();
  };
  return E.right({ engine: engineOn(library), team, leave });
};
