/** Who is there of the workers, by calling their ports. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster } from '../../engines/cluster.ts';
import { call, type Answer } from './ports.ts';

/** How often and how long workers are called, in milliseconds. */
export type Patience = {
  readonly arrival: number; // until all have come
  readonly between: number; // two calls
  readonly call: number; // for an answer
};

export const usualPatience: Patience = { arrival: 60_000, between: 1000, call: 2000 };

/** Calls in a row that a worker may miss: one that refuses has ended, one that is silent may be slow to be reached. */
const missable: { readonly [A in Exclude<Answer, 'answers'>]: number } = {
  refuses: 1,
  'is silent': 4,
};

const othersIn = ({ addresses, rank }: Cluster): readonly number[] =>
  [...addresses.keys()].filter((other) => other !== rank);

/** Waits until all other workers answer, and gives the ranks of those that have not come in time. */
export const missingAfter = async (
  cluster: Cluster,
  patience: Patience,
): Promise<readonly number[]> => {
  const until = performance.now() + patience.arrival;
  let missing = othersIn(cluster);
  for (;;) {
    const answers = await Promise.all(
      missing.map((rank) => call(cluster.addresses[rank]!, patience.call)),
    );
    missing = missing.filter((_, i) => answers[i] !== 'answers');
    if (missing.length === 0 || performance.now() > until) return missing;
    await wait(Math.min(patience.between, 200));
  }
};

/** Watches over the other workers. */
export type Watch = {
  /** the ranks of those that are lost, once there are any; waits so long for the first */
  readonly lostWithin: (milliseconds: number) => Promise<readonly number[]>;
  readonly end: () => void;
};

/** Calls all other workers again and again until one is lost, and tells which. */
export const watchOver = (
  cluster: Cluster,
  { between, call: each }: Patience,
  tell: (lost: readonly number[]) => void,
): Watch => {
  const missed = new Map<number, number>();
  const stop = new AbortController();
  let lost: readonly number[] = [];
  const round = async (): Promise<void> => {
    const others = othersIn(cluster);
    const answers = await Promise.all(others.map((rank) => call(cluster.addresses[rank]!, each)));
    lost = others.filter((rank, i) => {
      const answer = answers[i]!;
      missed.set(rank, answer === 'answers' ? 0 : (missed.get(rank) ?? 0) + 1);
      return answer !== 'answers' && missed.get(rank)! > missable[answer];
    });
  };
  const goOn = async (): Promise<void> => {
    while (lost.length === 0 && !stop.signal.aborted) {
      await round();
      await wait(between, undefined, { ref: false });
    }
    if (!stop.signal.aborted) tell(lost);
  };
  void goOn();
  return {
    lostWithin: async (milliseconds) => {
      const until = performance.now() + milliseconds;
      while (lost.length === 0 && performance.now() < until) await wait(between / 4);
      return lost;
    },
    end: () => stop.abort(),
  };
};
