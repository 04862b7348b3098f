/**
 * The account of an installation: one file, written last. Where it is there, all that it lists was written in full; an
 * installation that was cut off has none.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { isObject, parseObject } from '../data/json.ts';
import type { Caller } from '../engines/host.ts';

/** A file that was written: its path within the installation, its bytes, and their digest in hexadecimal digits. */
export type Written = { readonly path: string; readonly size: number; readonly sha256: string };

/** What an installation is, and what it consists of. Paths begin at its folder. */
export type Manifest = {
  readonly version: string; // of the product
  readonly machine: string; // `linux x64`: a home folder may be shared by different machines
  readonly caller?: Caller; // of a product that is a library
  readonly files: readonly Written[];
};

/** Its name in the folder of the installation. */
export const manifestName = 'installed.json';

/** The layout of the file; another one is of another version of netc. */
const format = 2;

export const manifestText = (manifest: Manifest): string =>
  `${JSON.stringify({ format, ...manifest }, undefined, 2)}\n`;

/** What a list says was written; undefined if an entry is not of this form. */
export const readWritten = (value: unknown): readonly Written[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const files: Written[] = [];
  for (const entry of value) {
    if (!isObject(entry)) return undefined;
    const { path, size, sha256 } = entry;
    if (typeof path !== 'string' || typeof size !== 'number' || typeof sha256 !== 'string')
      return undefined;
    files.push({ path, size, sha256 });
  }
  return files;
};

const readCaller = (value: unknown): Caller | undefined => {
  const { by, path } = isObject(value) ? value : {};
  return (by === 'addon' || by === 'koffi') && typeof path === 'string' ? { by, path } : undefined;
};

/** What a text says, or why it cannot be understood, which continues "it …". */
export const readManifest = (text: string): Either<string, Manifest> => {
  const parsed = parseObject(text);
  if (E.isLeft(parsed)) return parsed;
  const { format: layout, version, machine } = parsed.right;
  if (layout !== format) return E.left('is of another version of netc');
  const caller = readCaller(parsed.right['caller']);
  const files = readWritten(parsed.right['files']);
  if (typeof version !== 'string' || typeof machine !== 'string' || files === undefined)
    return E.left('lacks a part');
  return E.right({ version, machine, ...(caller && { caller }), files });
};
