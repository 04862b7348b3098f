/** Runs the command line in this process: what it prints, and its exit code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import type { Io } from '../../src/cli/host/io.ts';
import { main } from '../../src/cli/commander.ts';

export type Said = { readonly code: number; readonly out: string; readonly err: string };

/** One piece of output: data, to stdout, or a message, to stderr. */
export type Printed = { readonly to: 'out' | 'err'; readonly text: string };

/** A folder of its own, for files by name. */
export const newFolder = (files: { readonly [name: string]: string | Uint8Array }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'netc-test-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true });

/** What prints into a list, without colour. */
export const printingTo = (printed: Printed[], cwd: string, room: number, input = ''): Io => ({
  cwd,
  input: async () => input,
  out: (text) => printed.push({ to: 'out', text }),
  err: (text) => printed.push({ to: 'err', text }),
  colour: { out: false, err: false },
  width: Math.min(100, room),
  room,
  progress: () => {},
  atOnce: (work) => work(),
  live: false,
  interruptible: (_, work) => work(),
});

/** Runs `netc …` in a folder, without colour; its output goes to a terminal of this width. */
export const printedAt = async (
  room: number,
  cwd: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number; readonly printed: readonly Printed[] }> => {
  const printed: Printed[] = [];
  const before = process.cwd();
  const io = printingTo(printed, cwd, room, input);
  process.chdir(cwd); // as a shell would
  try {
    return { code: await main(args, io), printed };
  } finally {
    process.chdir(before);
  }
};

/** The same, with stdout and stderr apart. */
export const netcAt = async (
  room: number,
  cwd: string,
  ...args: readonly string[]
): Promise<Said> => {
  const { code, printed } = await printedAt(room, cwd, args);
  const textOf = (to: Printed['to']): string =>
    printed.flatMap((p) => (p.to === to ? [p.text] : [])).join('');
  return { code, out: textOf('out'), err: textOf('err') };
};

/** The same with its output in a file. */
export const netc = (cwd: string, ...args: readonly string[]): Promise<Said> =>
  netcAt(Infinity, cwd, ...args);

/** What `tf.loadGraphModel` is given for a folder. */
export const fromFolder = (path: string): io.IOHandler => ({
  load: async () => {
    const json = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
    const groups: { readonly paths: string[]; readonly weights: io.WeightsManifestEntry[] }[] =
      json.weightsManifest;
    const shards = groups.flatMap((g) => g.paths).map((p) => readFileSync(join(path, p)));
    const bytes = new Uint8Array(Buffer.concat(shards));
    return {
      modelTopology: json.modelTopology,
      signature: json.signature,
      userDefinedMetadata: json.userDefinedMetadata,
      weightSpecs: groups.flatMap((g) => g.weights),
      weightData: bytes.buffer,
    };
  },
});
