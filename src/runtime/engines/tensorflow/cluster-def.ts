/**
 * A cluster as TensorFlow's servers and sessions take it: protocol buffers, of which only the fields are written that netc
 * needs (tensorflow/core/protobuf/tensorflow_server.proto, cluster.proto, config.proto).
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Cluster } from '../cluster.ts';
import { text, whole, within } from './messages.ts';

/** The fields, by their numbers in the `.proto` files. */
const fields = {
  server: { cluster: 1, job: 2, task: 3, session: 4, protocol: 5 },
  cluster: { job: 1 },
  job: { name: 1, tasks: 2 },
  entry: { key: 1, value: 2 },
  config: { filters: 4, isolated: 15, experimental: 16 },
  experimental: { leader: 1 },
} as const;

const job = 'worker';

const taskOf = (rank: number): string => `/job:${job}/task:${rank}`;

/**
 * How a session runs: it sees the devices of its own worker alone, so it does not wait for others to begin; its variables
 * are its own; and the first worker says which collectives belong together.
 */
const writeConfig =
  ({ rank }: Cluster) =>
  (to: BinaryWriter): void => {
    text(to, fields.config.filters, taskOf(rank));
    whole(to, fields.config.isolated, 1);
    within(to, fields.config.experimental, (of) =>
      text(of, fields.experimental.leader, `/job:${job}/replica:0/task:0`),
    );
  };

/** `ConfigProto` of a session of this worker. */
export const sessionConfig = (cluster: Cluster): Uint8Array => {
  const to = new BinaryWriter();
  writeConfig(cluster)(to);
  return to.finish();
};

/** `ServerDef` of this worker. */
export const serverDef = (cluster: Cluster): Uint8Array => {
  const to = new BinaryWriter();
  within(to, fields.server.cluster, (of) =>
    within(of, fields.cluster.job, (all) => {
      text(all, fields.job.name, job);
      cluster.addresses.forEach((address, rank) =>
        within(all, fields.job.tasks, (entry) => {
          whole(entry, fields.entry.key, rank);
          text(entry, fields.entry.value, address);
        }),
      );
    }),
  );
  text(to, fields.server.job, job);
  whole(to, fields.server.task, cluster.rank);
  within(to, fields.server.session, writeConfig(cluster));
  text(to, fields.server.protocol, 'grpc');
  return to.finish();
};
