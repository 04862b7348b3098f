/** Several processes that train together: how the command line names them, and what goes wrong between them. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { plural } from '../../../numeric/figures.ts';
import { workerText, type Cluster } from '../../../runtime/engines/cluster.ts';
import { readText } from '../../../runtime/files/texts.ts';
import type { JoinFault } from '../../../runtime/node/cluster/join.ts';
import { startOf } from '../../../syntax/source.ts';

/** What is typed: `--workers` has the number of threads, or the addresses of all processes. */
export type ClusterTyped = {
  readonly workers: string | undefined;
  readonly hosts: string | undefined;
  readonly rank: number | undefined;
};

/** What it means. */
export type ClusterAsked = {
  /** threads that prepare pictures */
  readonly threads: number | undefined;
  readonly cluster: Cluster | undefined;
};

/** Addresses as they are given, each with its place as messages have it. */
type Given = readonly { readonly address: string; readonly place: string }[];

const isAddress = (text: string): boolean => {
  const [, port] = /^(?:[\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
};

/** What is wrong about addresses, if anything is; a clause. */
const faultIn = (given: Given): string | undefined => {
  const odd = given.find(({ address }) => !isAddress(address));
  if (odd !== undefined)
    return `${odd.place}: expected \`host:port\`, and found \`${odd.address}\``;
  const seen = new Map<string, string>();
  for (const { address, place } of given) {
    const before = seen.get(address);
    if (before !== undefined)
      return `${place}: \`${address}\` is the address of another worker too, ${before}`;
    seen.set(address, place);
  }
  return undefined;
};

const inOption = (list: string): Given =>
  list
    .split(',')
    .map((address, rank) => ({ address: address.trim(), place: `--workers, number ${rank}` }));

/** A file has an address a line; `#` begins a comment. */
const inFile = (path: string, text: string): Given =>
  text.split('\n').flatMap((line, i) => {
    const address = line.replace(/#.*/, '').trim();
    return address === '' ? [] : [{ address, place: `${path}:${i + 1}` }];
  });

/** The longest file of hosts that is read. */
const mostBytes = 2 ** 20;

/** The workers that are named (E0001), or what is wrong about them, in words. */
const addressesIn = ({ workers, hosts }: ClusterTyped): Or<Diagnostic | string, Given> => {
  if (hosts === undefined) return Either.right(inOption(workers ?? ''));
  const text = readText(hosts, mostBytes, (what) =>
    error('E0001', startOf(hosts), `\`${hosts}\` cannot be read: ${what}`),
  );
  return Either.map((all: string) => inFile(hosts, all))(text);
};

/** What `--workers`, `--hosts` and `--rank` ask for, or what is wrong about it, as a message or in words. */
export const clusterAsked = (typed: ClusterTyped): Or<Diagnostic | string, ClusterAsked> => {
  const { workers, hosts, rank } = typed;
  const isCount = workers !== undefined && /^\d{1,6}$/.test(workers);
  const threads = isCount ? Number(workers) : undefined;
  const wrong = (what: string): Or<string, never> => Either.left(what);
  if (hosts === undefined && (workers === undefined || isCount))
    return rank === undefined
      ? Either.right({ threads, cluster: undefined })
      : wrong('`--rank` is of several workers: name them, `--workers HOST:PORT,HOST:PORT`');
  if (hosts !== undefined && workers !== undefined && !isCount)
    return wrong('`--hosts` and `--workers` both name the workers; leave one out');
  if (hosts === undefined && !workers?.includes(':'))
    return wrong(
      `\`--workers\` expects a number of threads, or addresses \`host:port,host:port\`, and found \`${workers}\``,
    );
  const given = addressesIn(typed);
  if (Either.isLeft(given)) return given;
  const fault = faultIn(given.right);
  if (fault !== undefined) return wrong(fault);
  const addresses = given.right.map(({ address }) => address);
  const last = addresses.length - 1;
  if (last < 1) return wrong('one worker alone needs no address: name two or more, or none');
  if (rank === undefined)
    return wrong(
      `\`--rank\` is missing: which of the ${addresses.length} workers this is, 0 to ${last}`,
    );
  if (rank > last)
    return wrong(
      `\`--rank ${rank}\` is none of the ${addresses.length} workers: ranks are 0 to ${last}`,
    );
  return Either.right({ threads, cluster: { addresses, rank } });
};

/** `worker 1 at b:2222` */
const named = ({ addresses }: Cluster, ranks: readonly number[]): string =>
  ranks.map((rank) => `worker ${rank} at ${addresses[rank]}`).join(', ');

/** Why a worker cannot begin (E0701, E0706). */
export const cannotJoin = (cluster: Cluster, fault: JoinFault): Diagnostic => {
  const own = cluster.addresses[cluster.rank]!;
  switch (fault.tag) {
    case 'unusable':
      return error(
        'E0701',
        startOf('--workers'),
        'TensorFlow, on which several workers train, is not usable here',
        { notes: [fault.reason, `to enable it: ${fault.remedy}`] },
      );
    case 'port':
      return error(
        'E0706',
        startOf('--workers'),
        fault.reason === 'EADDRINUSE'
          ? `another process listens on the port of \`${own}\``
          : `nothing can listen on the port of \`${own}\`: ${fault.reason}`,
        {
          notes: [
            `this is ${workerText(cluster)}; perhaps one of the same \`--rank\` has begun already`,
            'take another port, in the commands of all workers',
          ],
        },
      );
    case 'missing':
      return error(
        'E0706',
        startOf('--workers'),
        `${plural(fault.ranks.length, 'worker')} did not come within ${fault.seconds} seconds: ${named(cluster, fault.ranks)}`,
        {
          notes: [
            'begin all of them, each with the same command but for its `--rank`',
            'each has to reach the port of every other one: look at names and firewalls',
          ],
        },
      );
    case 'strangers':
      return error(
        'E0706',
        startOf('--workers'),
        `the other workers answer, and within ${fault.seconds} seconds they have not come together`,
        {
          notes: [
            'all of them need the same addresses in the same order, and each its own `--rank`',
            `in this order, perhaps another program listens on one of these ports: ${cluster.addresses.join(' ')}`,
          ],
        },
      );
    case 'lost':
      return workersLost(cluster, fault.ranks, undefined);
  }
};

/** Workers that do not answer any more (E0706). `resume` goes on, where a run has begun. */
export const workersLost = (
  cluster: Cluster,
  ranks: readonly number[],
  resume: string | undefined,
): Diagnostic =>
  error(
    'E0706',
    startOf('--workers'),
    `${named(cluster, ranks)} ${ranks.length === 1 ? 'does' : 'do'} not answer any more`,
    {
      notes: [
        'it was killed, its machine was lost, or it has ended with an error of its own',
        ...(resume === undefined
          ? ['nothing has begun']
          : [`to go on from the last checkpoint, begin all workers again: \`${resume}\``]),
      ],
    },
  );
