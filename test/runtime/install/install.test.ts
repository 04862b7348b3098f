/** Installations in a small world: programs are played by scripts, the index by a server on this machine. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitFor } from '../../../src/cli/host/exit.ts';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import { takeLock } from '../../../src/runtime/disk/lock.ts';
import { install, type Outcome } from '../../../src/runtime/install/install.ts';
import { callerFor } from '../../../src/runtime/install/means.ts';
import {
  damageOf,
  folderIn,
  installedTensorflow,
  rootIn,
} from '../../../src/runtime/install/installed.ts';
import { manifestName } from '../../../src/runtime/install/manifest.ts';
import { tensorflow, tensorflowBuild } from '../../../src/runtime/install/product.ts';
import type { Order, Told } from '../../../src/runtime/install/order.ts';
import { uninstall } from '../../../src/runtime/install/uninstall.ts';
import { zip } from '../dataset/packed.ts';
import { serve, type Manner, type Server } from './index-server.ts';
import { koffi, newWorld, usual, wheel, wheelFiles, type World } from './made.ts';

let world: World;
let servers: Server[];
beforeEach(() => {
  world = newWorld();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  world.remove();
});

const wheelMade = usual[2]!;

const folder = (): string => folderIn(world.cache, tensorflowBuild('cpu'));

const served = async (mannerOf?: (question: number) => Manner): Promise<Server> => {
  const server = await serve(wheelMade.parcel, wheelMade.bytes, mannerOf);
  servers.push(server);
  return server;
};

const made = async (changes: Partial<Order> = {}): Promise<Outcome> => {
  const outcome = await install(world.order(changes));
  if (outcome === undefined) throw new Error('it was interrupted');
  if (E.isLeft(outcome)) throw new Error(`${outcome.left.code} ${outcome.left.message}`);
  return outcome.right;
};

/** The fault that an installation ends with, its account then not being there. */
const fault = async (changes: Partial<Order> = {}): Promise<Diagnostic> => {
  const outcome = await install(world.order(changes));
  if (outcome === undefined || E.isRight(outcome)) throw new Error('a fault was expected');
  expect(existsSync(join(folder(), manifestName))).toBe(false);
  expect(exitFor([outcome.left])).toBe(3);
  return outcome.left;
};

const textOf = ({ code, message, notes }: Diagnostic): string =>
  [`${code} ${message}`, ...notes].join('\n').replaceAll(world.folder, '$WORLD');

const filesIn = (at: string): readonly string[] =>
  readdirSync(at, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .sort();

const whole = [
  'binding/tfjs_backend.cc',
  'binding/tfjs_binding.cc',
  'include/node_api.h',
  'installed.json',
  'parcels/binding-1.0.0.tgz.json',
  'parcels/headers-1.0.0.tgz.json',
  `parcels/${wheelMade.parcel.file}.json`,
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tfjs_binding.node',
];

/** All steps that were told, without what goes on within one. */
const steps = (told: readonly Told[]): readonly string[] =>
  told.flatMap((one) => {
    switch (one.tag) {
      case 'plan':
        return [`fetch ${one.fetched}, unpack ${one.unpacked}`];
      case 'parcel':
        return [`${one.place.step}/${one.place.of} ${one.parcel.name} by ${one.by}`];
      case 'there already':
        return [`${one.place.step}/${one.place.of} ${one.parcel.name} is there`];
      case 'addon':
        return [`${one.place.step}/${one.place.of} addon by ${one.compiler}`];
      case 'koffi':
        return [`${one.place.step}/${one.place.of} koffi`];
      case 'progress':
        return [];
    }
  });

const calls = (): readonly string[] =>
  world.calls().map((call) => call.replaceAll(world.folder, '$WORLD'));

describe('an installation', () => {
  it('fetches, unpacks and builds, and is then found', async () => {
    expect(await made()).toEqual({ folder: folder(), bytes: 210_032, fresh: true });
    expect(installedTensorflow(world.cache)).toEqual(
      E.right({
        caller: { by: 'addon', path: join(folder(), 'tfjs_binding.node') },
        library: join(folder(), 'tensorflow/libtensorflow_cc.so.2'),
        version: '2.21.0',
        variant: 'cpu',
      }),
    );
    expect(filesIn(folder())).toEqual(whole);
    for (const name of filesIn(join(folder(), 'tensorflow')))
      expect(
        readFileSync(join(folder(), 'tensorflow', name)).equals(wheelFiles[`tensorflow/${name}`]!),
        name,
      ).toBe(true);
    expect(readdirSync(rootIn(world.cache, tensorflow))).toEqual(['2.21.0-cpu']);
    expect(steps(world.told)).toEqual([
      `fetch ${usual.reduce((sum, { bytes }) => sum + bytes.length, 0)}, unpack 210027`,
      '1/4 binding by npm',
      '2/4 headers by npm',
      '3/4 tensorflow-cpu by pip',
      '4/4 addon by g++ (Test) 12.0.0',
    ]);
  });

  it('needs no compiler where koffi is to call the library', async () => {
    world.remove();
    world = newWorld([koffi, wheelMade]);
    world.program('g++', undefined);
    const order: Partial<Order> = { by: 'koffi' };
    await made(order);
    const found = installedTensorflow(world.cache);
    expect(E.isRight(found) && found.right.caller).toEqual({
      ...{ by: 'koffi', path: join(folder(), 'node_modules/koffi/index.cjs') },
    });
    expect(steps(world.told).slice(1)).toEqual([
      ...['1/3 koffi by npm', '2/3 tensorflow-cpu by pip', '3/3 koffi'],
    ]);
    const [, path, library] = /(\S+) (\S+)$/.exec(calls().at(-1) ?? '') ?? [];
    expect(path).toBe('$WORLD/cache/tensorflow/2.21.0-cpu/node_modules/koffi/index.cjs');
    expect(library).toBe('$WORLD/cache/tensorflow/2.21.0-cpu/tensorflow/libtensorflow_cc.so.2');
    expect(await made(order)).toMatchObject({ fresh: false });
    expect(await callerFor(world.order(), world.order())).toBe('koffi'); // though a compiler may come
  });

  it('takes koffi where no compiler is found, and the addon where one is named', async () => {
    expect(await callerFor(world.order(), world.order())).toBe('addon');
    world.program('g++', undefined);
    expect(await callerFor(world.order(), world.order())).toBe('koffi');
    const named = world.order({ env: { CXX: 'none', PATH: '' } });
    expect(await callerFor(named, named)).toBe('addon');
  });

  it('asks programs for what is pinned, and for nothing else', async () => {
    await made();
    expect(calls().join('\n')).toMatchInlineSnapshot(`
      "npm pack binding@1.0.0 --pack-destination $WORLD/cache/tensorflow/downloads/fetching --cache $WORLD/cache/tensorflow/downloads/fetching/cache --ignore-scripts --silent --no-update-notifier
      npm pack headers@1.0.0 --pack-destination $WORLD/cache/tensorflow/downloads/fetching --cache $WORLD/cache/tensorflow/downloads/fetching/cache --ignore-scripts --silent --no-update-notifier
      pip download --quiet --no-input --disable-pip-version-check --no-cache-dir --no-deps --only-binary=:all: --python-version 3.11 --platform manylinux_2_27_x86_64 --dest $WORLD/cache/tensorflow/downloads/fetching tensorflow-cpu==2.21.0
      g++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 -I$WORLD/cache/tensorflow/2.21.0-cpu/node -I$WORLD/cache/tensorflow/2.21.0-cpu/tensorflow/include $WORLD/cache/tensorflow/2.21.0-cpu/binding/tfjs_backend.cc $WORLD/cache/tensorflow/2.21.0-cpu/binding/tfjs_binding.cc -o $WORLD/cache/tensorflow/2.21.0-cpu/part-tfjs_binding.node -L$WORLD/cache/tensorflow/2.21.0-cpu/tensorflow -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,$ORIGIN/tensorflow -Wl,-z,nodelete
      node -e process.dlopen({ exports: {} }, process.argv[1]) $WORLD/cache/tensorflow/2.21.0-cpu/part-tfjs_binding.node"
    `);
  });

  it('is not made twice', async () => {
    await made();
    const before = world.calls().length;
    expect(await made()).toEqual({ folder: folder(), bytes: 210_032, fresh: false });
    expect(world.calls()).toHaveLength(before);
  });

  it.each(whole.filter((name) => !/^parcels\/|^installed/.test(name)))(
    'is repaired where %s is cut, changed or gone',
    async (name) => {
      await made();
      const path = join(folder(), name);
      const right = readFileSync(path);
      const spoilings: readonly (() => void)[] = [
        () => truncateSync(path, right.length - 1),
        () =>
          writeFileSync(
            path,
            right.map((byte) => byte ^ 1),
          ),
        () => rmSync(path),
      ];
      for (const spoil of spoilings) {
        spoil();
        expect((await made()).fresh).toBe(true);
        expect(readFileSync(path).equals(right)).toBe(true); // `toEqual` looks at each byte
        expect(filesIn(folder())).toEqual(whole);
      }
    },
  );

  it('fetches for a repair only what is damaged', async () => {
    await made();
    rmSync(join(folder(), 'tfjs_binding.node'));
    world.program('npm', undefined);
    world.program('pip3', undefined);
    await made();
    expect(steps(world.told).slice(-4)).toEqual([
      '1/4 binding is there',
      '2/4 headers is there',
      '3/4 tensorflow-cpu is there',
      '4/4 addon by g++ (Test) 12.0.0',
    ]);
  });

  it('is found while another process holds the folder, or where nothing may be written', async () => {
    await made();
    const lock = takeLock(rootIn(world.cache, tensorflow));
    if (E.isLeft(lock)) throw new Error('no lock');
    expect((await made()).fresh).toBe(false);
    lock.right.release();
  });

  it('stands beside that for GPUs', async () => {
    await made();
    await made({ build: tensorflowBuild('cuda') });
    expect(readdirSync(rootIn(world.cache, tensorflow))).toEqual(['2.21.0-cpu', '2.21.0-cuda']);
    expect(installedTensorflow(world.cache)).toMatchObject({ right: { variant: 'cuda' } });
  });
});

describe('an interruption', () => {
  /** An installation that is interrupted when so many things were told. */
  const interrupted = async (after: number, index: string): Promise<boolean> => {
    const stop = new AbortController();
    let count = 0;
    const tell = (): void => {
      if (++count === after) stop.abort();
    };
    const outcome = await install(world.order({ signal: stop.signal, tell, index }));
    if (outcome !== undefined && E.isLeft(outcome)) throw new Error(outcome.left.message);
    return outcome === undefined;
  };

  it('at any moment leaves what the same command completes', async () => {
    const { index } = await served();
    const between = process.env['NETC_DEEP'] === undefined ? 3 : 1;
    for (let after = 1; ; after += between) {
      rmSync(world.cache, { recursive: true, force: true });
      const stopped = await interrupted(after, index);
      const found = installedTensorflow(world.cache);
      if (!stopped) {
        expect(E.isRight(found)).toBe(true);
        expect(after).toBeGreaterThan(8);
        break;
      }
      expect(E.isLeft(found), `after ${after}`).toBe(true);
      expect((await made({ index })).fresh).toBe(true);
      expect(filesIn(folder())).toEqual(whole);
      expect(readdirSync(rootIn(world.cache, tensorflow))).toEqual(['2.21.0-cpu']);
    }
  });

  it('of a repair is not taken for whole', async () => {
    await made();
    const path = join(folder(), 'tensorflow/libtensorflow_cc.so.2');
    writeFileSync(path, readFileSync(path).fill(0)); // of the same size
    const stop = new AbortController();
    const tell = ({ tag }: Told): void => {
      if (tag === 'parcel') stop.abort();
    };
    expect(await install(world.order({ signal: stop.signal, tell }))).toBeUndefined();
    expect(installedTensorflow(world.cache)).toMatchObject({
      left: { reason: `what is installed in \`${folder()}\` was not finished` },
    });
  });

  it('of a repair that only completes the account leaves what works', async () => {
    await made();
    rmSync(join(folder(), 'parcels'), { recursive: true });
    world.program('pip3', undefined);
    world.program('npm', `[ "$1" = --version ] && say 10; exit 1`);
    expect(E.isLeft((await install(world.order()))!)).toBe(true);
    expect(E.isRight(installedTensorflow(world.cache))).toBe(true);
  });

  it('leaves bytes that are damaged to be found', async () => {
    await made();
    expect(await damageOf('tensorflow', world.cache)).toBeUndefined();
    const path = join(folder(), 'tensorflow/libtensorflow_cc.so.2');
    writeFileSync(path, readFileSync(path).fill(0));
    expect(await damageOf('tensorflow', world.cache)).toEqual({
      reason: `what is installed in \`${folder()}\` is damaged: \`tensorflow/libtensorflow_cc.so.2\` has other bytes`,
      remedy: 'netc doctor --install tensorflow',
    });
  });

  it('before anything leaves an installation as it was', async () => {
    await made();
    const signal = AbortSignal.abort();
    expect(await install(world.order({ signal }))).toBeUndefined();
    expect(E.isRight(installedTensorflow(world.cache))).toBe(true);
  });

  it('ends a program that is at work, and what that has started', async () => {
    world.program('g++', `[ "$1" = --version ] && say slow; /bin/sleep 60; true`);
    const stop = new AbortController();
    let asked = 0;
    const tell = (told: Told): void => {
      if (told.tag === 'addon')
        setTimeout(() => {
          asked = performance.now();
          stop.abort();
        }, 100);
    };
    expect(await install(world.order({ signal: stop.signal, tell }))).toBeUndefined();
    expect(performance.now() - asked).toBeLessThan(2_500); // it is killed after three seconds
  });
});

describe('an index', () => {
  it('gives out wheels where there is no pip', async () => {
    const { index, asked } = await served();
    await made({ index });
    expect(asked).toEqual(['all']);
    expect(calls().filter((call) => call.startsWith('pip'))).toEqual([]);
  });

  const size = wheelMade.bytes.length;
  const [third, half] = [Math.floor(size / 3), Math.floor(size / 2)];

  it.each<readonly [what: string, manners: readonly Manner[], asked: readonly string[]]>([
    ['breaks off', [{ breaksAt: half }], ['all', `bytes=${half}-`]],
    [
      'breaks off again and again',
      [{ breaksAfter: third }, { breaksAfter: third }, { breaksAfter: third }],
      ['all', `bytes=${third}-`, `bytes=${2 * third}-`, `bytes=${3 * third}-`],
    ],
    [
      'breaks off and knows no ranges',
      [{ breaksAt: half }, { ranges: false }],
      ['all', `bytes=${half}-`],
    ],
    ['is silent', [{ silentAt: half }], ['all', `bytes=${half}-`]],
    ['is overloaded', [{ status: 503 }], ['all', 'all']],
  ])('that %s is asked again', async (_what, manners, asked) => {
    const server = await served((question) => manners[question] ?? {});
    await made({ index: server.index });
    expect(server.asked).toEqual(asked);
  });

  it('completes what lies there in part', async () => {
    const server = await served();
    const at = join(rootIn(world.cache, tensorflow), 'downloads', wheelMade.parcel.file);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, wheelMade.bytes.subarray(0, half));
    await made({ index: server.index });
    expect(server.asked).toEqual([`bytes=${half}-`]);
  });

  it.each([
    ['a part of something else', Buffer.alloc(half, 7), [`bytes=${half}-`, 'all']],
    ['something else of this size', Buffer.alloc(size, 7), ['all']],
    ['something longer', Buffer.alloc(size + 1, 7), ['all']],
    ['the whole file', wheelMade.bytes, []],
  ])('is asked as necessary where %s lies', async (_what, there, asked) => {
    const server = await served();
    const at = join(rootIn(world.cache, tensorflow), 'downloads', wheelMade.parcel.file);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, there);
    await made({ index: server.index });
    expect(server.asked).toEqual(asked);
  });

  it.each<readonly [what: string, manner: Manner, says: readonly string[]]>([
    ['does not have the file', { status: 404 }, ['E0713', 'its server answers 404 Not Found']],
    ['is overloaded', { status: 503 }, ['E0713', 'its server answers 503']],
    [
      'does not know the release',
      { release: '{"urls": []}' },
      ['E0713', 'it has no file `tensorflow_cpu-'],
    ],
    [
      'speaks no JSON',
      { release: '<html>' },
      ['E0713', 'its server describes it by a text that is not JSON'],
    ],
    ['has another file', { digest: 'f00' }, ['E0714', 'has the digest f00 there']],
    ['always breaks off', { breaksAt: 1000 }, ['E0713', 'its server broke off']],
    ['is always silent', { silentAt: 1000 }, ['E0713', 'its server was silent for 0.2 s']],
    ['sends too much', { extra: 9 }, ['E0713', `it has more than ${size} bytes`]],
  ])('that %s ends an installation', async (_what, manner, says) => {
    const { index } = await served(() => manner);
    const patience = { silence: 200, attempts: 2, pause: 1 };
    const text = textOf(await fault({ index, patience }));
    for (const words of says) expect(text).toContain(words);
  });

  it('that sends other parts than asked for ends an installation', async () => {
    const { index } = await served((question) =>
      question === 0 ? { breaksAt: half } : { shifted: true },
    );
    expect(textOf(await fault({ index }))).toContain('it comes in other parts than were asked for');
  });

  it('that is not there ends an installation', async () => {
    const { index, close } = await served();
    await close();
    servers = [];
    expect(textOf(await fault({ index })).replaceAll(index, '$INDEX')).toMatchInlineSnapshot(`
      "E0713 tensorflow-cpu 2.21.0 cannot be fetched: its server refuses to answer
      the index is $INDEX
      the same command goes on where this one ended"
    `);
  });
});

describe('a program', () => {
  it.each<readonly [what: string, spoil: () => void, changes: Partial<Order>]>([
    ['no npm', () => world.program('npm', undefined), {}],
    ['no compiler', () => world.program('g++', undefined), {}],
    ['no such compiler', () => {}, { env: { CXX: '/none/c++ -m64', PATH: '' } }],
    [
      'pip without network',
      () =>
        world.program(
          'pip3',
          `[ "$1" = --version ] && say 'pip 23.2.1'
           printf 'WARNING: Retrying\nERROR: no version\n\\033[31mERROR: No matching distribution\\033[0m\n' >&2
           exit 1`,
        ),
      {},
    ],
    [
      'npm without network',
      () =>
        world.program(
          'npm',
          `[ "$1" = --version ] && say 10; echo 'npm error code ENOTFOUND' >&2; exit 1`,
        ),
      {},
    ],
    [
      'npm that brings another file',
      () => world.program('npm', `[ "$1" = --version ] && say 10; echo > "$4/other.tgz"`),
      {},
    ],
    [
      'pip on a full disk',
      () =>
        world.program(
          'pip3',
          `[ "$1" = --version ] && say 'pip 23.2.1'
           echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1`,
        ),
      {},
    ],
    [
      'a compiler that refuses',
      () =>
        world.program(
          'g++',
          `[ "$1" = --version ] && say 'g++ 4'
           printf "In file included from x\nx.h:1: error: 'optional' in namespace 'std'\nmore\n" >&2; exit 1`,
        ),
      {},
    ],
    [
      'koffi that does not load',
      () => world.program('node', `echo 'Error: Cannot find the native module' >&2; exit 1`),
      { by: 'koffi' },
    ],
    [
      'an addon that does not load',
      () =>
        world.program(
          'node',
          `printf 'node:internal:1\n  throw x\nError: libx.so: cannot open\n    at a\n' >&2; exit 1`,
        ),
      {},
    ],
  ])('is missing or fails: %s', async (what, spoil, changes) => {
    spoil();
    const text = textOf(await fault(changes));
    expect(text).toMatchSnapshot(what);
    expect(existsSync(join(rootIn(world.cache, tensorflow), 'downloads', 'fetching'))).toBe(false);
  });

  it('is looked for before anything is fetched', async () => {
    world.program('g++', undefined);
    await fault();
    expect(world.calls()).toEqual([]);
  });

  it('may be an old pip, which is left alone', async () => {
    world.program('pip3', `[ "$1" = --version ] && say 'pip 9.0.1'; exit 1`);
    world.program(
      'pip',
      `[ "$1" = --version ] && say 'pip 24.0'
       note newer pip
       while [ "$1" != --dest ]; do shift; done
       give "$3" "$2"`,
    );
    await made();
    expect(world.calls()).toContain('newer pip');
  });
});

describe('a file that came', () => {
  it.each([
    ['npm', 'headers-1.0.0.tgz'],
    ['pip', wheelMade.parcel.file],
  ])('from %s with another digest is deleted, and nothing of it used', async (_from, file) => {
    world.put(file, Buffer.from('something else'));
    const text = textOf(await fault());
    expect(text).toContain(`E0714 ${file} is not what it should be: it has the digest`);
    expect(readdirSync(join(rootIn(world.cache, tensorflow), 'downloads'))).toEqual([]);
  });

  const [cc, climbing] = ['tensorflow/libtensorflow_cc.so.2', '../outside.so'];
  const files = { [cc]: Buffer.from('library'), [climbing]: Buffer.from('x') };
  const link = { [cc]: 0o120777 };

  it.each<readonly [what: string, bytes: Buffer, says: string]>([
    ['is no zip', Buffer.from('nothing'), 'it cannot be unpacked: '],
    ['climbs out', zip(files, true), 'it cannot be unpacked: invalid relative path: ../outside.so'],
    [
      'has a link',
      zip({ [cc]: files[cc]! }, true, undefined, link),
      `\`${cc}\` is a link or a device`,
    ],
    ['claims too little', zip({ [cc]: files[cc]! }, true, 3), 'it cannot be unpacked: '],
    ['claims too much', zip({ [cc]: files[cc]! }, true, 9999), 'it cannot be unpacked: '],
    [
      'lacks a library',
      zip({ 'tensorflow/a.py': files[cc]! }, true),
      'what is kept of it has 0 bytes, not 7',
    ],
  ])('is refused where it %s', async (_what, bytes, says) => {
    world.remove();
    world = newWorld([usual[0]!, usual[1]!, wheel(bytes, 7)]);
    expect(textOf(await fault())).toContain(says);
    expect(filesIn(folder()).filter((name) => /\.so|part/.test(name))).toEqual([]);
    expect(existsSync(join(world.cache, 'tensorflow', 'outside.so'))).toBe(false);
    expect(readdirSync(join(rootIn(world.cache, tensorflow), 'downloads'))).toEqual([]);
  });

  it('may hold programs, which can be run', async () => {
    world.remove();
    const bytes = zip({ [cc]: files[cc]! }, false, undefined, { [cc]: 0o100755 });
    world = newWorld([usual[0]!, usual[1]!, wheel(bytes, 7)]);
    await made();
    expect(statSync(join(folder(), cc)).mode & 0o111).toBe(0o111);
  });
});

describe('a disk', () => {
  it('with too little room is not filled', async () => {
    const [a, b, c] = world.order().parcels;
    const parcels = [a!, b!, { ...c!, unpacked: 2 ** 60 }];
    expect(textOf(await fault({ parcels }))).toMatch(
      /^E0509 `\$WORLD\/cache\/tensorflow\/2\.21\.0-cpu` cannot be written: it needs 1049000 TiB, and its disk has .*\nNETC_CACHE names/,
    );
    expect(world.calls()).toEqual([]);
  });

  /** Every byte written to this name is one too many. */
  const fill = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync('/dev/full', path);
  };

  it.runIf(existsSync('/dev/full'))(
    'that is full keeps nothing of what was fetched in part',
    async () => {
      const { index } = await served();
      const downloads = join(rootIn(world.cache, tensorflow), 'downloads');
      fill(join(downloads, wheelMade.parcel.file));
      expect(textOf(await fault({ index }))).toContain(
        'cannot be written: it does not fit on the disk',
      );
      expect(readdirSync(downloads)).toEqual([]);
    },
  );

  it.runIf(existsSync('/dev/full'))(
    'that is full keeps nothing of what was unpacked in part',
    async () => {
      fill(join(folder(), 'tensorflow/libtensorflow_framework.so.2.part'));
      expect(textOf(await fault())).toContain('cannot be written: it does not fit on the disk');
      expect(filesIn(join(folder(), 'tensorflow'))).toEqual([]);
      // the next attempt needs no network for what has come
      expect(readdirSync(join(rootIn(world.cache, tensorflow), 'downloads'))).toEqual([
        wheelMade.parcel.file,
      ]);
      await made();
      expect(steps(world.told)).toContain('3/4 tensorflow-cpu by an earlier attempt');
    },
  );

  it('that may not be written to is named', async () => {
    writeFileSync(world.cache, 'a file where a folder should be');
    expect(textOf(await fault())).toContain('E0509 `$WORLD/cache/tensorflow` cannot be written');
  });
});

describe('two installations at once', () => {
  it('are refused', async () => {
    mkdirSync(rootIn(world.cache, tensorflow), { recursive: true });
    const lock = takeLock(rootIn(world.cache, tensorflow));
    if (E.isLeft(lock)) throw new Error('no lock');
    expect(textOf(await fault())).toMatch(
      /^E0716 process \d+ on `.*` is installing TensorFlow in `\$WORLD\/cache\/tensorflow`\nwait for it\n/,
    );
    expect(await uninstall(world.cache, tensorflow)).toMatchObject({ left: { code: 'E0716' } });
    lock.right.release();
    await made();
  });
});

describe('an uninstallation', () => {
  it('removes all versions and what was fetched, and leaves the rest', async () => {
    await made();
    mkdirSync(join(rootIn(world.cache, tensorflow), '2.9.0-cuda'));
    writeFileSync(join(rootIn(world.cache, tensorflow), '2.9.0-cuda', 'x'), 'four');
    mkdirSync(join(rootIn(world.cache, tensorflow), 'downloads'));
    writeFileSync(join(rootIn(world.cache, tensorflow), 'notes'), 'of the user');
    const removed = await uninstall(world.cache, tensorflow);
    expect(removed).toMatchObject({
      right: {
        folders: ['2.21.0-cpu', '2.9.0-cuda', 'downloads'].map((n) =>
          join(rootIn(world.cache, tensorflow), n),
        ),
      },
    });
    expect(readdirSync(rootIn(world.cache, tensorflow))).toEqual(['notes']);
    expect(installedTensorflow(world.cache)).toMatchObject({
      left: { reason: 'TensorFlow is not installed' },
    });
  });

  it('leaves nothing behind', async () => {
    await made();
    await uninstall(world.cache, tensorflow);
    expect(readdirSync(world.cache)).toEqual([]);
  });

  it('of nothing makes nothing', async () => {
    expect(await uninstall(world.cache, tensorflow)).toEqual(E.right({ folders: [], bytes: 0 }));
    expect(existsSync(world.cache)).toBe(false);
  });
});
