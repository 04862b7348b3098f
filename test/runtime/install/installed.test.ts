import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../src/runtime/disk/cache.ts';
import {
  folderIn,
  installedTensorflow,
  machineName,
} from '../../../src/runtime/install/installed.ts';
import {
  manifestName,
  manifestText,
  type Manifest,
} from '../../../src/runtime/install/manifest.ts';
import { tensorflow, tensorflowBuild, type Variant } from '../../../src/runtime/install/product.ts';
import { newFolder, removeFolder } from '../../cli/session.ts';

const library = 'tensorflow/libtensorflow_cc.so.2';

let cache: string;
beforeEach(() => (cache = newFolder({})));
afterEach(() => removeFolder(cache));

/** An installation of two small files. */
const install = (variant: Variant, changes: Partial<Manifest> = {}): void => {
  const folder = folderIn(cache, tensorflowBuild(variant));
  const files = ['tfjs_binding.node', library].map((path) => ({ path, size: 5, sha256: '' }));
  const manifest: Manifest = {
    version: tensorflow.version,
    machine: machineName(),
    caller: { by: 'addon', path: 'tfjs_binding.node' },
    files,
    ...changes,
  };
  for (const { path } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'bytes');
  }
  writeFileSync(join(folder, manifestName), manifestText(manifest));
};

/** Leaves out of the account what calls the library. */
const uncalled = (folder: string): void => {
  const path = join(folder, manifestName);
  const { caller: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(rest));
};

const reason = (): string => {
  const found = installedTensorflow(cache);
  if (E.isRight(found)) throw new Error(`${found.right.caller.path} was found`);
  expect(found.left.remedy).toBe('netc doctor --install tensorflow');
  return found.left.reason.replaceAll(cache, '$CACHE');
};

describe('an installation of TensorFlow', () => {
  it('is found by its account', () => {
    install('cpu');
    const folder = folderIn(cache, tensorflowBuild('cpu'));
    expect(installedTensorflow(cache)).toEqual(
      E.right({
        caller: { by: 'addon', path: join(folder, 'tfjs_binding.node') },
        library: join(folder, library),
        version: tensorflow.version,
        variant: 'cpu',
      }),
    );
  });

  it('for GPUs is taken before that for the processor', () => {
    install('cpu');
    install('cuda');
    expect(installedTensorflow(cache)).toMatchObject({ right: { variant: 'cuda' } });
  });

  it('for the processor is taken where that for GPUs is not whole', () => {
    install('cpu');
    mkdirSync(folderIn(cache, tensorflowBuild('cuda')));
    expect(installedTensorflow(cache)).toMatchObject({ right: { variant: 'cpu' } });
  });

  it.each<readonly [what: string, spoil: (folder: string) => void, says: string]>([
    [
      'nothing there',
      (folder) => rmSync(folder, { recursive: true }),
      'TensorFlow is not installed',
    ],
    ['no account', (folder) => rmSync(join(folder, manifestName)), 'was not finished'],
    ['a cut account', (folder) => truncateSync(join(folder, manifestName), 40), 'is not JSON'],
    [
      'a pipe as account',
      (folder) => {
        rmSync(join(folder, manifestName));
        execFileSync('mkfifo', [join(folder, manifestName)]);
      },
      'has an account that is not a file',
    ],
    ['an account that says of nothing what calls it', uncalled, 'lacks what calls it'],
    [
      'an account of another layout',
      (folder) => writeFileSync(join(folder, manifestName), '{"format": 1}'),
      'is of another version of netc',
    ],
    [
      'an account without files',
      (folder) => writeFileSync(join(folder, manifestName), '{"format": 2}'),
      'lacks a part',
    ],
    [
      'no library',
      (folder) => rmSync(join(folder, library)),
      `is damaged: \`${library}\` is missing or cut`,
    ],
    [
      'a cut addon',
      (folder) => truncateSync(join(folder, 'tfjs_binding.node'), 4),
      'is damaged: `tfjs_binding.node` is missing or cut',
    ],
  ])('with %s is not usable', (_what, spoil, says) => {
    install('cpu');
    spoil(folderIn(cache, tensorflowBuild('cpu')));
    expect(reason()).toContain(says);
  });

  it('of another machine is not usable', () => {
    install('cpu', { machine: 'linux sparc' });
    expect(reason()).toBe(
      `what is installed in \`$CACHE/tensorflow/${tensorflow.version}-cpu\` is for another machine, linux sparc`,
    );
  });

  it('of another version is named', () => {
    mkdirSync(join(cache, 'tensorflow', '2.9.1-cpu'), { recursive: true });
    expect(reason()).toBe(`TensorFlow ${tensorflow.version} is not installed, only 2.9.1-cpu`);
  });
});

describe('the folder of what can be fetched again', () => {
  it.each([
    [{ NETC_CACHE: '/n', XDG_CACHE_HOME: '/x', HOME: '/h' }, '/n'],
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/netc'],
    [{ HOME: '/h' }, '/h/.cache/netc'],
    [{ NETC_CACHE: 'n', HOME: '/h' }, join(process.cwd(), 'n')],
    [{ XDG_CACHE_HOME: 'x', HOME: '/h' }, '/h/.cache/netc'],
    [{ NETC_CACHE: '', XDG_CACHE_HOME: '', HOME: '/h' }, '/h/.cache/netc'],
  ])('follows %o', (env, folder) => {
    expect(cacheFolder(env)).toBe(folder);
  });
});
