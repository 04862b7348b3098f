/** Starts the workers of a training as their users do: a process each, on ports of this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';

/** How a worker ended. */
export type Ended = { readonly code: number | null; readonly err: string };

/** Workers that run. */
export type Workers = {
  readonly addresses: readonly string[];
  readonly processes: readonly ChildProcess[];
  /** waits until a worker has said this */
  readonly heard: (rank: number, text: string) => Promise<void>;
  readonly ended: Promise<readonly Ended[]>;
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, () => {
      const at = server.address();
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0));
    });
  });

export const freeAddresses = (count: number): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, async () => `127.0.0.1:${await freePort()}`));

/** Starts netc in a folder. */
export const started = (program: string, folder: string, args: readonly string[]) => {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder });
  let err = '';
  child.stderr.on('data', (data) => (err += String(data)));
  return {
    child,
    heard: async (text: string) => {
      while (!err.includes(text) && child.exitCode === null)
        await new Promise((next) => setTimeout(next, 20));
    },
    ended: new Promise<Ended>((done) => child.on('close', (code) => done({ code, err }))),
  };
};

/** Starts as many workers as there are lists of arguments, each with its own behind those of all. */
export const startWorkers = async (
  program: string,
  folder: string,
  args: readonly string[],
  own: readonly (readonly string[])[],
): Promise<Workers> => {
  const addresses = await freeAddresses(own.length);
  const all = own.map((more, rank) =>
    started(program, folder, [
      ...['train', ...args, ...more],
      ...['--workers', addresses.join(), '--rank', String(rank)],
    ]),
  );
  return {
    addresses,
    processes: all.map(({ child }) => child),
    heard: (rank, text) => all[rank]!.heard(text),
    ended: Promise.all(all.map(({ ended }) => ended)),
  };
};

/** The tensors of a file of weights, by their names. */
export const tensorsOf = (folder: string, run: string): ReadonlyMap<string, Float32Array> => {
  const bytes = readFileSync(join(folder, run, 'weights.safetensors'));
  const length = Number(bytes.readBigUInt64LE(0));
  const header: { readonly [name: string]: { readonly data_offsets?: readonly number[] } } =
    JSON.parse(bytes.subarray(8, 8 + length).toString());
  return new Map(
    Object.entries(header).flatMap(([name, { data_offsets: at }]) => {
      if (at === undefined) return [];
      const own = bytes.subarray(8 + length + at[0]!, 8 + length + at[1]!);
      return [[name, new Float32Array(Uint8Array.from(own).buffer)] as const];
    }),
  );
};
