/** Finds what `netc doctor --install tensorflow` has installed. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { cacheFolder } from '../disk/cache.ts';
import { namesIn } from '../disk/folders.ts';
import { codeOf } from '../disk/random-access.ts';
import type { TensorflowLibrary, Unusable } from '../engines/host.ts';
import { manifestName, readManifest, type Manifest, type Variant } from './manifest.ts';

/** The version of TensorFlow that netc is made for: grappler and kernels of another one may give other numbers. */
export const tensorflowVersion = '2.21.0';

/** The command that installs it, or repairs it. */
const remedy = 'netc doctor --install tensorflow';

/** All installations lie here, one folder each. */
export const rootIn = (cache: string): string => nodePath.join(cache, 'tensorflow');

/** What is being fetched. */
export const downloadsIn = (cache: string): string => nodePath.join(rootIn(cache), 'downloads');

/** `2.21.0-cpu`: the folder of an installation. */
export const folderIn = (cache: string, variant: Variant, version = tensorflowVersion): string =>
  nodePath.join(rootIn(cache), `${version}-${variant}`);

/** `linux x64` */
export const machineName = (): string => `${process.platform} ${process.arch}`;

/** Whether a folder has the name of an installation, of whatever version. */
export const isInstallation = (name: string): boolean => /^\d+(\.\d+)+-(cpu|cuda)$/.test(name);

/** The installation in a folder, or why it is not whole, which continues "it …"; undefined if there is none. */
const manifestIn = (folder: string): Either<string, Manifest> | undefined => {
  try {
    return readManifest(fs.readFileSync(nodePath.join(folder, manifestName), 'utf8'));
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
export const othersIn = (cache: string): readonly string[] =>
  namesIn(rootIn(cache)).filter(
    (name) => isInstallation(name) && !name.startsWith(`${tensorflowVersion}-`),
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

/** That for GPUs computes on the processor too, and whoever installed it wants it. */
const preferred: readonly Variant[] = ['cuda', 'cpu'];

/** TensorFlow's own library with what calls it, or why there is none; takes a millisecond. */
export const installedTensorflow = (cache = cacheFolder()): Either<Unusable, TensorflowLibrary> => {
  const faults: string[] = [];
  for (const variant of preferred) {
    const folder = folderIn(cache, variant);
    const found = wholeIn(folder);
    if (found === undefined) continue;
    if (E.isLeft(found)) faults.push(`what is installed in \`${folder}\` ${found.left}`);
    else {
      const { caller, library, version } = found.right;
      const at = (path: string): string => nodePath.join(folder, path);
      return E.right({
        caller: { ...caller, path: at(caller.path) },
        ...{ library: at(library), version, variant },
      });
    }
  }
  const others = othersIn(cache);
  const reason =
    faults[0] ??
    (others.length === 0
      ? 'TensorFlow is not installed'
      : `TensorFlow ${tensorflowVersion} is not installed, only ${others.join(', ')}`);
  return E.left({ reason, remedy });
};
