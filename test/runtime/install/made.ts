/** A small world to install in: parcels of a few bytes, programs that play npm, pip and a compiler, and an index. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Parcel } from '../../../src/runtime/install/catalogue.ts';
import { tensorflowBuild } from '../../../src/runtime/install/product.ts';
import type { Order, Told } from '../../../src/runtime/install/order.ts';
import { newFolder, removeFolder } from '../../cli/session.ts';
import { tar, zip } from '../dataset/packed.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A library of some size, as no two bytes of a real one are predictable from each other. */
const library = Buffer.from(
  Array.from({ length: 200_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 256),
);

/** What a wheel of this world holds; the last two are not kept. */
export const wheelFiles: { readonly [name: string]: Uint8Array } = {
  'tensorflow/libtensorflow_cc.so.2': library,
  'tensorflow/libtensorflow_framework.so.2': library.subarray(0, 10_000),
  'tensorflow/include/tensorflow/c/c_api.h': Buffer.from('// C\n'),
  'tensorflow/include/tensorflow/core/graph.h': Buffer.from('// C++\n'),
  'tensorflow/python.py': Buffer.from('import sys\n'),
};

const kept =
  /^tensorflow\/(libtensorflow_(cc|framework)\.so\.2|include\/tensorflow\/c\/[\w/]+\.h)$/;

type Made = { readonly parcel: Parcel; readonly bytes: Buffer };

/** A wheel of these files. */
export const wheel = (
  bytes: Buffer,
  unpacked: number,
  file = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
): Made => ({
  bytes,
  parcel: {
    ...{ name: 'tensorflow-cpu', version: '2.21.0', source: 'wheel', file },
    ...{ size: bytes.length, sha256: sha256(bytes), keeps: kept, unpacked, moves: ['', ''] },
  },
});

/** A package of these files, of which some are kept, below a folder. */
export const npmPackage = (
  name: string,
  files: { readonly [path: string]: string },
  keeps = /^package\/(binding|include)\/[\w-]+\.(cc|h)$/,
  into = '',
): Made => {
  const entries = Object.entries(files).map(([path, content]) => ({ name: path, content }));
  const bytes = gzipSync(tar(...entries));
  const unpacked = entries
    .filter((entry) => keeps.test(entry.name))
    .reduce((sum, { content }) => sum + content.length, 0);
  return {
    bytes,
    parcel: {
      ...{ name, version: '1.0.0', source: 'npm', file: `${name}-1.0.0.tgz`, keeps, unpacked },
      ...{ size: bytes.length, sha256: sha256(bytes), moves: ['package/', into] },
    },
  };
};

const binding = npmPackage('binding', {
  'package/binding/tfjs_backend.cc': 'int a;\n',
  'package/binding/tfjs_binding.cc': 'int b;\n',
  'package/package.json': '{"scripts": {"install": "exit 1"}}',
});

const headers = npmPackage('headers', { 'package/include/node_api.h': '// Node\n' });

/** Calls the library where there is no compiler. */
export const koffi = npmPackage('koffi', { 'package/include/index.h': 'in place of a script\n' });

/** The usual parcels of this world. */
export const usual: readonly Made[] = [
  binding,
  headers,
  wheel(zip(wheelFiles, true), 200_000 + 10_000 + 5),
];

/** Programs by name, in the language of the shell; `note` and `give` are those of the prelude. */
const programs: { readonly [name: string]: string } = {
  npm: `
    [ "$1" = --version ] && say '11.0.0'
    note npm "$@"
    give "$2" "$4"`,
  pip3: `
    [ "$1" = --version ] && say 'pip 23.2.1 from somewhere (python 3.11)'
    note pip "$@"
    while [ "$1" != --dest ]; do shift; done
    give "$3" "$2"`,
  'g++': `
    [ "$1" = --version ] && say 'g++ (Test) 12.0.0'
    note g++ "$@"
    while [ "$1" != -o ]; do shift; done
    printf addon > "$2"`,
  node: `note node "$@"`,
};

/** `say TEXT` ends, `note WORDS` is remembered, `give NAME@VERSION FOLDER` copies the file of a parcel. */
const prelude = (files: string, log: string, made: readonly Made[]): string => `
  say() { echo "$1"; exit 0; }
  note() { echo "$*" >> ${log}; }
  give() {
    case "$1" in
    ${made.map(({ parcel: p }) => `${p.name}@${p.version} | ${p.name}==${p.version}) file=${p.file} ;;`).join('\n')}
    *) echo "ERROR: no matching distribution for $1" >&2; exit 1 ;;
    esac
    /bin/cp ${files}/$file "$2/$file"
  }
`;

/** A world, its order for an installation, and what was said and called. */
export type World = {
  readonly folder: string;
  readonly cache: string;
  readonly told: readonly Told[];
  readonly order: (changes?: Partial<Order>) => Order;
  /** puts another program in the place of one, or removes it */
  readonly program: (name: string, script: string | undefined) => void;
  /** the calls of programs so far, those for their version apart */
  readonly calls: () => readonly string[];
  /** the file that npm and pip give out */
  readonly put: (file: string, bytes: Uint8Array) => void;
  readonly remove: () => void;
};

export const newWorld = (made: readonly Made[] = usual): World => {
  const folder = newFolder({ log: '' });
  const [cache, bin, files, log] = ['cache', 'bin', 'files', 'log'].map((n) => join(folder, n));
  mkdirSync(bin!);
  mkdirSync(files!);
  const told: Told[] = [];
  const put: World['put'] = (file, bytes) => writeFileSync(join(files!, file), bytes);
  for (const { parcel, bytes } of made) put(parcel.file, bytes);
  const program: World['program'] = (name, script) => {
    const path = join(bin!, name);
    if (script === undefined) return rmSync(path);
    writeFileSync(path, `#!/bin/sh\n${prelude(files!, log!, made)}${script}\n`);
    chmodSync(path, 0o755);
  };
  for (const [name, script] of Object.entries(programs)) program(name, script);
  return {
    folder,
    cache: cache!,
    told,
    order: (changes = {}) => ({
      build: tensorflowBuild('cpu'),
      by: 'addon',
      cache: cache!,
      parcels: made.map(({ parcel }) => parcel),
      env: { PATH: bin! },
      node: join(bin!, 'node'),
      index: undefined,
      patience: { silence: 1_000, attempts: 2, pause: 1 },
      signal: new AbortController().signal,
      tell: (one) => void told.push(one),
      ...changes,
    }),
    program,
    calls: () =>
      readFileSync(log!, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    put,
    remove: () => removeFolder(folder),
  };
};
