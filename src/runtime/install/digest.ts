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

/** Whether files are what they were when they were written. */
export const areUnchanged = async (
  folder: string,
  files: readonly Written[],
  signal: AbortSignal,
): Promise<boolean> => {
  for (const { path, sha256 } of files)
    if ((await sha256Of(nodePath.join(folder, path), signal)) !== sha256) return false;
  return true;
};
