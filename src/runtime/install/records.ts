/** Which parcels are unpacked: a file for each, written when all of the parcel is in its place. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { textChunks } from '../data/bytes.ts';
import { parseObject } from '../data/json.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { folderAt } from '../disk/folders.ts';
import type { Parcel } from './catalogue.ts';
import { areUnchanged } from './digest.ts';
import { unwritable } from './faults.ts';
import { readWritten, type Written } from './manifest.ts';

const recordsIn = (folder: string): string => nodePath.join(folder, 'parcels');

const pathOf = (folder: string, { file }: Parcel): string =>
  nodePath.join(recordsIn(folder), `${file}.json`);

/** What a parcel became, as it was recorded; undefined if it was not. */
const read = (folder: string, parcel: Parcel): readonly Written[] | undefined => {
  try {
    const text = parseObject(fs.readFileSync(pathOf(folder, parcel), 'utf8'));
    const ofThis = E.isRight(text) && text.right['sha256'] === parcel.sha256;
    return ofThis ? readWritten(text.right['files']) : undefined;
  } catch {
    return undefined;
  }
};

/** The files of a parcel that are there and unchanged; undefined if one is not. Reads them all. */
export const unpackedBefore = async (
  folder: string,
  parcel: Parcel,
  signal: AbortSignal,
): Promise<readonly Written[] | undefined> => {
  const files = read(folder, parcel);
  return files !== undefined && (await areUnchanged(folder, files, signal)) ? files : undefined;
};

/** Remembers that a parcel is unpacked (E0509). */
export const remember = (
  folder: string,
  parcel: Parcel,
  files: readonly Written[],
): Either<Diagnostic, void> => {
  const made = folderAt(recordsIn(folder));
  if (E.isLeft(made)) return E.left(unwritable(folder, made.left));
  const text = `${JSON.stringify({ sha256: parcel.sha256, files }, undefined, 2)}\n`;
  return writeFileAtomically(pathOf(folder, parcel), textChunks(text));
};
