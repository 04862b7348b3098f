/** Digests of large files, which let other work go on in between. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as nodePath from 'node:path';
import type { Written } from './manifest.ts';

/** The SHA-256 of a file, in hexadecimal digits; undefined if it cannot be read, or the signal comes. */
export const sha256Of = async (path: string, signal: AbortSignal): Promise<string | undefined> => {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal, highWaterMark: 2 ** 20 }))
      hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
};

/** The first file that is not what it was when it was written. */
export const firstChanged = async (
  folder: string,
  files: readonly Written[],
  signal: AbortSignal,
): Promise<string | undefined> => {
  for (const { path, sha256 } of files)
    if ((await sha256Of(nodePath.join(folder, path), signal)) !== sha256) return path;
  return undefined;
};

/** Whether files are what they were when they were written. */
export const areUnchanged = async (
  folder: string,
  files: readonly Written[],
  signal: AbortSignal,
): Promise<boolean> => (await firstChanged(folder, files, signal)) === undefined;
