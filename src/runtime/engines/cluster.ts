/** Processes that train one net together, on this machine or on several. */

/** All of them by their addresses, `host:port`, in the order of their ranks, and the rank of this one. */
export type Cluster = { readonly addresses: readonly string[]; readonly rank: number };

/** The cluster as one of its workers works in it. */
export type Team = Cluster & {
  /**
   * Tells all workers a text, and gives what each of them tells, by rank. All have to call it, as often and in the same
   * order; it waits for the last one. Of a text there are 4,096 bytes of UTF-8 at most.
   */
  readonly share: (text: string) => Promise<readonly string[]>;
};

/** Whether this worker keeps the run, validates and writes. */
export const leads = (team: Cluster | undefined): boolean => team === undefined || team.rank === 0;

/** `worker 1 of 2`; ranks begin at 0 */
export const workerText = ({ rank, addresses }: Cluster): string =>
  `worker ${rank} of ${addresses.length}`;
