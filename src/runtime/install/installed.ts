/** Finds what `netc doctor --install` has installed. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { cacheFolder } from '../disk/cache.ts';
import { namesIn } from '../disk/folders.ts';
import { codeOf } from '../disk/random-access.ts';
import type { TensorflowLibrary, Unusable } from '../engines/host.ts';
import { libraryName } from './addon.ts';
import { firstChanged } from './digest.ts';
import { koffiName } from './koffi.ts';
import { manifestName, readManifest, type Manifest } from './manifest.ts';
import {
  products,
  tensorflowBuilds,
  webgpuBuild,
  type Build,
  type Product,
  type ProductName,
} from './product.ts';

/** All installations of a product lie here, one folder each. */
export const rootIn = (cache: string, { name }: Product): string => nodePath.join(cache, name);

/** What is being fetched. */
export const downloadsIn = (cache: string, of: Product): string =>
  nodePath.join(rootIn(cache, of), 'downloads');

/** The folder of an installation. */
export const folderIn = (cache: string, { product, folder }: Build): string =>
  nodePath.join(rootIn(cache, product), folder);

/** `linux x64` */
export const machineName = (): string => `${process.platform} ${process.arch}`;

/** Whether a folder has the name of an installation, of whatever version. */
export const isInstallation = (name: string): boolean => /^\d+(\.\d+)+(-(cpu|cuda))?$/.test(name);

/** The installation in a folder, or why it is not whole, which continues "it …"; undefined if there is none. */
const manifestIn = (folder: string): Either<string, Manifest> | undefined => {
  const path = nodePath.join(folder, manifestName);
  try {
    if (!fs.statSync(path).isFile()) return E.left('has an account that is not a file');
    return readManifest(fs.readFileSync(path, 'utf8'));
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') return E.left('cannot be read');
    return fs.existsSync(folder) ? E.left('was not finished') : undefined;
  }
};

/** The first file that is not there with its size, as far as can be seen without reading it. */
const missing = (folder: string, { files }: Manifest): string | undefined =>
  files.find(({ path, size }) => {
    const found = fs.statSync(nodePath.join(folder, path), { throwIfNoEntry: false });
    return found?.isFile() !== true || found.size !== size;
  })?.path;

/** The installations of other versions, `2.9.0-cpu`, which netc does not use. */
export const othersIn = (cache: string, of: Product): readonly string[] =>
  namesIn(rootIn(cache, of)).filter(
    (name) => isInstallation(name) && name.split('-')[0] !== of.version,
  );

/** Whether an installation is whole, or why it is not, which continues "it …"; undefined if there is none. */
export const wholeIn = (folder: string): Either<string, Manifest> | undefined => {
  const found = manifestIn(folder);
  if (found === undefined || E.isLeft(found)) return found;
  if (found.right.machine !== machineName())
    return E.left(`is for another machine, ${found.right.machine}`);
  const gone = missing(folder, found.right);
  return gone === undefined ? found : E.left(`is damaged: \`${gone}\` is missing or cut`);
};

/** An installation that is whole. */
type Found<B extends Build> = {
  readonly build: B;
  readonly folder: string;
  readonly manifest: Manifest;
};

/** The first of these builds that is whole, or why there is none; takes a millisecond. */
const firstWhole = <B extends Build>(
  cache: string,
  builds: readonly [B, ...(readonly B[])],
): Either<Unusable, Found<B>> => {
  const faults: string[] = [];
  for (const build of builds) {
    const folder = folderIn(cache, build);
    const found = wholeIn(folder);
    if (found === undefined) continue;
    if (E.isRight(found)) return E.right({ build, folder, manifest: found.right });
    faults.push(`what is installed in \`${folder}\` ${found.left}`);
  }
  const { product } = builds[0];
  const others = othersIn(cache, product);
  const reason =
    faults[0] ??
    (others.length === 0
      ? `${product.title} is not installed`
      : `${product.title} ${product.version} is not installed, only ${others.join(', ')}`);
  return E.left({ reason, remedy: `netc doctor --install ${product.name}` });
};

/** TensorFlow's own library with what calls it, or why there is none. */
export const installedTensorflow = (cache = cacheFolder()): Either<Unusable, TensorflowLibrary> => {
  const found = firstWhole(cache, tensorflowBuilds);
  if (E.isLeft(found)) return found;
  const { build, folder, manifest } = found.right;
  const { caller, version } = manifest;
  if (caller === undefined)
    return E.left({
      reason: `what is installed in \`${folder}\` lacks what calls it`,
      remedy: 'netc doctor --install tensorflow',
    });
  const at = (path: string): string => nodePath.join(folder, path);
  return E.right({
    caller: { ...caller, path: at(caller.path) },
    koffi: manifest.files.some(({ path }) => path === koffiName) ? at(koffiName) : undefined,
    ...{ library: at(libraryName), version, variant: build.variant },
  });
};

/**
 * Why what is installed of a product must not be loaded, as a file has other bytes than were written: a library that is
 * damaged ends the process. Undefined where nothing is, too. All files are read, which takes a second for TensorFlow.
 */
export const damageOf = async (
  product: ProductName,
  cache = cacheFolder(),
): Promise<Unusable | undefined> => {
  const found = firstWhole(cache, products[product].builds);
  if (E.isLeft(found)) return undefined;
  const { folder, manifest } = found.right;
  const changed = await firstChanged(folder, manifest.files, new AbortController().signal);
  return changed === undefined
    ? undefined
    : {
        reason: `what is installed in \`${folder}\` is damaged: \`${changed}\` has other bytes`,
        remedy: `netc doctor --install ${product}`,
      };
};

/** The folder with the packages of WebGPU, or why there is none. */
export const installedWebgpu = (cache = cacheFolder()): Either<Unusable, string> => {
  const found = firstWhole(cache, [webgpuBuild]);
  return E.isLeft(found) ? found : E.right(found.right.folder);
};
