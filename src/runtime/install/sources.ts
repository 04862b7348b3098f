/** Where parcels come from: pip and npm fetch them as their users have set them up, and netc itself fetches wheels. */
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { isObject, parseObject, type JsonObject } from '../data/json.ts';
import { reasonOf } from '../disk/random-access.ts';
import type { Parcel } from './catalogue.ts';
import { notAsPinned, notFetched, unwritable } from './faults.ts';
import { run, type Command, type Ran, type Surroundings } from './process.ts';
import { lastWords, type Tool } from './tools.ts';
import { textAt, transfer, type Patience, type TransferFault, type Watch } from './transfer.ts';

/** A way to get parcels. */
export type Source = {
  readonly name: string;
  /** puts the file of a parcel into a folder (E0713, E0714, E0509); whether it is the right one is not checked yet */
  readonly bring: (
    parcel: Parcel,
    folder: string,
    watch: Watch,
  ) => Promise<Either<Diagnostic, void>>;
};

/** The public index of packages of Python: its interface in JSON lies below this address. */
export const publicIndex = 'https://pypi.org/pypi';

const nameOf = ({ name, version }: Parcel): string => `${name} ${version}`;

/** The bytes of all files in a folder and below. */
export const bytesIn = (folder: string): number => {
  try {
    return fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.statSync(nodePath.join(entry.parentPath, entry.name)).size)
      .reduce((sum, size) => sum + size, 0);
  } catch {
    return 0; // a file was renamed meanwhile
  }
};

/** Milliseconds between two looks at what another program has fetched. */
const betweenLooks = 500;

/**
 * Runs a program that fetches a file, in a new folder that is removed afterwards, and moves the file from there. Its
 * temporary files lie there too, so nothing of an attempt that ends early stays.
 */
const fetchedBy = async (
  command: Command,
  args: (into: string) => readonly string[],
  around: { readonly parcel: Parcel; readonly folder: string; readonly watch: Watch },
  env: Surroundings['env'],
): Promise<Either<Diagnostic, void>> => {
  const { parcel, folder, watch } = around;
  const into = nodePath.join(folder, 'fetching');
  const looks = setInterval(() => watch.bytes(bytesIn(into)), betweenLooks);
  try {
    await fsp.rm(into, { recursive: true, force: true });
    await fsp.mkdir(into);
    const surroundings = { env: { ...env, TMPDIR: into }, signal: watch.signal };
    const ran = await run(command, args(into), surroundings);
    if (!ran.ok) return E.left(notFetchedBy(command, ran, parcel, folder));
    const file = nodePath.join(into, parcel.file);
    if (!fs.existsSync(file)) return E.left(otherFile(parcel, archivesIn(into)));
    await fsp.rename(file, nodePath.join(folder, parcel.file));
    return E.right(undefined);
  } catch (thrown) {
    return E.left(unwritable(folder, reasonOf(thrown)));
  } finally {
    clearInterval(looks);
    await fsp.rm(into, { recursive: true, force: true });
  }
};

const notFetchedBy = (command: Command, ran: Ran, parcel: Parcel, folder: string): Diagnostic => {
  const said = lastWords(ran.err === '' ? ran.out : ran.err);
  return /No space left on device|ENOSPC/.test(ran.err)
    ? unwritable(folder, 'does not fit on the disk')
    : notFetched(nameOf(parcel), `${command.join(' ')} does not bring it`, said);
};

const otherFile = (parcel: Parcel, names: readonly string[]): Diagnostic =>
  notAsPinned(
    parcel.file,
    names.length === 0 ? 'did not come, and nothing was said' : `is called ${names.join(', ')}`,
  );

/** The names of the archives in a folder; beside them lie temporary files. */
const archivesIn = (folder: string): readonly string[] =>
  fs.readdirSync(folder).filter((name) => /\.(whl|tgz)$/.test(name));

/** `manylinux_2_27_x86_64` of `x-1.0-py3-none-manylinux_2_27_x86_64.whl`; there may be several. */
const systemsOf = (wheel: string): readonly string[] =>
  (/-([^-]+)\.whl$/.exec(wheel)?.[1] ?? '').split('.');

/** pip as a downloader. It installs nothing, and keeps nothing in its own cache. */
export const byPip = ({ command }: Tool, env: Surroundings['env']): Source => ({
  name: 'pip',
  bring: (parcel, folder, watch) => {
    const args = (into: string): readonly string[] => [
      ...['download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir'],
      ...['--no-deps', '--only-binary=:all:', '--python-version', '3.11'],
      ...systemsOf(parcel.file).flatMap((system) => ['--platform', system]),
      ...['--dest', into, `${parcel.name}==${parcel.version}`],
    ];
    return fetchedBy(command, args, { parcel, folder, watch }, env);
  },
});

/** npm as a downloader: `pack` runs no script of a package and installs nothing. */
export const byNpm = ({ command }: Tool, env: Surroundings['env']): Source => ({
  name: 'npm',
  bring: (parcel, folder, watch) => {
    const args = (into: string): readonly string[] => [
      ...['pack', `${parcel.name}@${parcel.version}`, '--pack-destination', into],
      ...['--cache', nodePath.join(into, 'cache'), '--ignore-scripts', '--silent'],
      '--no-update-notifier',
    ];
    return fetchedBy(command, args, { parcel, folder, watch }, env);
  },
});

/** What an index says of a release is less than this. */
const mostOfRelease = 2 ** 24;

/** The file of a release that is a parcel. */
const fileIn = (release: JsonObject, { file }: Parcel): JsonObject | undefined => {
  const urls = release['urls'];
  return Array.isArray(urls)
    ? urls.filter(isObject).find(({ filename }) => filename === file)
    : undefined;
};

/** The address of a parcel, by an index that knows it with the same digest. */
const addressOf = (parcel: Parcel, said: string): Either<Diagnostic, string> => {
  const name = nameOf(parcel);
  const release = parseObject(said);
  if (E.isLeft(release))
    return E.left(notFetched(name, `its server describes it by a text that ${release.left}`, []));
  const found = fileIn(release.right, parcel);
  const url = found?.['url'];
  if (found === undefined || typeof url !== 'string')
    return E.left(notFetched(name, `it has no file \`${parcel.file}\` there`, []));
  const digests = found['digests'];
  const digest = isObject(digests) ? digests['sha256'] : undefined;
  return digest === parcel.sha256
    ? E.right(url)
    : E.left(notAsPinned(parcel.file, `has the digest ${String(digest)} there`));
};

/** netc itself, by the JSON interface of an index. A file that lies there in part is completed. */
export const byIndex = (index: string, patience: Patience): Source => ({
  name: new URL(index).host,
  bring: async (parcel, folder, watch) => {
    const path = nodePath.join(folder, parcel.file);
    const failed = ({ tag, reason }: TransferFault): Diagnostic =>
      tag === 'disk'
        ? unwritable(path, reason)
        : notFetched(nameOf(parcel), reason, [`the index is ${index}`]);
    const release = `${index}/${parcel.name}/${parcel.version}/json`;
    const said = await textAt(release, mostOfRelease, watch, patience);
    if (E.isLeft(said)) return E.left(failed(said.left));
    const address = addressOf(parcel, said.right);
    if (E.isLeft(address)) return address;
    const url = new URL(address.right, release).href;
    const came = await transfer(url, path, parcel.size, watch, patience);
    return E.isLeft(came) ? E.left(failed(came.left)) : E.right(undefined);
  },
});
