import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as nodePath from 'node:path';
import { pathToFileURL } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { diskFiles } from '../../src/cli/program/disk.ts';
import { error } from '../../src/diagnostic/diagnostic.ts';
import { writeFileAtomically, writeFilesAtomically } from '../../src/runtime/disk/files.ts';
import { textChunks } from '../../src/runtime/data/bytes.ts';
import { readSource } from '../../src/runtime/disk/files-source.ts';
import { resolveImport } from '../../src/typecheck/program/import-path.ts';
import { startOf } from '../../src/syntax/source.ts';

/** What the next calls of the file system do beside what they always do. */
const faults = vi.hoisted(() => ({
  shortWrites: false,
  fullAfter: Infinity, // bytes
  locked: '', // the name of a file that may not be written; root may write all of them
  log: [] as string[],
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const log = (what: string, path: unknown) =>
    faults.log.push(`${what} ${nodePath.basename(String(path)).replace(/^\.netc-.*/, 'TEMP')}`);
  return {
    ...real,
    writeSync: (file: number, bytes: Uint8Array, offset: number, length: number) => {
      if (faults.fullAfter <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      const n = faults.shortWrites ? Math.min(length, 7) : length;
      faults.fullAfter -= n;
      return real.writeSync(file, bytes, offset, n);
    },
    accessSync: (path: string, mode: number) => {
      if (nodePath.basename(path) === faults.locked && (mode & real.constants.W_OK) !== 0)
        throw Object.assign(new Error('locked'), { code: 'EACCES' });
      real.accessSync(path, mode);
    },
    fsyncSync: (file: number) => {
      log('fsync', real.fstatSync(file).isDirectory() ? 'FOLDER' : 'FILE');
      real.fsyncSync(file);
    },
    renameSync: (from: string, to: string) => {
      log('rename', to);
      real.renameSync(from, to);
    },
    rmSync: (path: string, options: fs.RmOptions) => {
      log('remove', path);
      real.rmSync(path, options);
    },
  };
});

let folder: string;
const at = (...names: readonly string[]): string => nodePath.join(folder, ...names);
const put = (name: string, text: string | Uint8Array): void => {
  fs.mkdirSync(nodePath.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
};
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(nodePath.join(os.tmpdir(), 'netc-files-')));
  Object.assign(faults, { shortWrites: false, fullAfter: Infinity, locked: '' });
  faults.log.length = 0;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const codeOf = <A>(result: E.Either<{ readonly code: string; readonly message: string }, A>) =>
  E.isLeft(result) ? `${result.left.code} ${result.left.message}` : 'written';

describe('one file', () => {
  test('is written, synced, renamed, and its folder synced, in this order', () => {
    expect(codeOf(writeFileAtomically(at('a.txt'), textChunks('Ω')))).toBe('written');
    expect(fs.readFileSync(at('a.txt'), 'utf8')).toBe('Ω');
    expect(faults.log).toEqual(['fsync FILE', 'rename a.txt', 'fsync FOLDER']);
    expect(fs.readdirSync(folder)).toEqual(['a.txt']);
  });

  test('is whole though the system takes seven bytes at a time', () => {
    faults.shortWrites = true;
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(20);
    writeFileAtomically(at('a.txt'), [...textChunks(text), ...textChunks('end')]);
    expect(fs.readFileSync(at('a.txt'), 'utf8')).toBe(`${text}end`);
  });

  test('stays as it was when the disk is full or a chunk cannot be had', () => {
    put('a.txt', 'old');
    faults.fullAfter = 5;
    const long = [...textChunks('12345678'), ...textChunks('9')];
    expect(codeOf(writeFileAtomically(at('a.txt'), long))).toMatch(
      /^E0509.*does not fit on the disk/,
    );
    faults.fullAfter = Infinity;
    const fault = E.left(error('E0504', startOf('w'), 'torn'));
    expect(codeOf(writeFileAtomically(at('a.txt'), [...textChunks('x'), fault]))).toBe(
      'E0504 torn',
    );
    expect(fs.readFileSync(at('a.txt'), 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['a.txt']);
  });

  test('through a link: the link stays', () => {
    put('real.txt', 'old');
    fs.symlinkSync('real.txt', at('link.txt'));
    writeFileAtomically(at('link.txt'), textChunks('new'));
    expect(fs.lstatSync(at('link.txt')).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(at('real.txt'), 'utf8')).toBe('new');
  });

  test.each([0o600, 0o755, 0o664])('keeps its mode %o', (mode) => {
    put('a.txt', 'old');
    fs.chmodSync(at('a.txt'), mode);
    writeFileAtomically(at('a.txt'), textChunks('new'));
    expect(fs.readFileSync(at('a.txt'), 'utf8')).toBe('new');
    expect(fs.statSync(at('a.txt')).mode & 0o777).toBe(mode);
  });

  test('is not replaced if it may not be written', () => {
    put('a.txt', 'old');
    faults.locked = 'a.txt';
    expect(codeOf(writeFileAtomically(at('a.txt'), textChunks('new')))).toMatch(
      /^E0509.*may not be used by this user/,
    );
    expect(fs.readFileSync(at('a.txt'), 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['a.txt']);
  });

  test('an exception of the caller passes, and nothing is left', () => {
    const broken = function* () {
      yield* textChunks('x');
      throw new Error('mine');
    };
    expect(() => writeFileAtomically(at('a.txt'), broken())).toThrow('mine');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['absent/a.txt', /lies in a folder that does not exist/],
    ['file/a.txt', /lies below something that is not a folder/],
    ['folder', /is a folder/],
    ['pipe', /is a device or a pipe/],
    [`${'n'.repeat(300)}`, /has too long a name/],
    ['a\0b', /has a name that no file can have/],
  ])('%s cannot be written', (name, reason) => {
    put('file', '');
    fs.mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('pipe')]);
    const verdict = codeOf(writeFileAtomically(`${folder}/${name}`, textChunks('x')));
    expect(verdict).toMatch(/^E0509/);
    expect(verdict).toMatch(reason);
    expect(fs.readdirSync(folder).sort()).toEqual(['file', 'folder', 'pipe']);
  });

  test('the device /dev/null survives', () => {
    expect(codeOf(writeFileAtomically('/dev/null', textChunks('x')))).toMatch(/^E0509.*device/);
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('what an interrupted write has left', () => {
  const write = (): string => codeOf(writeFileAtomically(at('a.txt'), textChunks('x')));

  let bundle: string;
  beforeAll(() => {
    bundle = nodePath.join(fs.mkdtempSync(nodePath.join(os.tmpdir(), 'netc-bundle-')), 'files.mjs');
    execFileSync('node_modules/.bin/esbuild', [
      'src/runtime/disk/files.ts',
      ...[
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--log-level=error',
        `--outfile=${bundle}`,
      ],
    ]);
  });
  afterAll(() => fs.rmSync(nodePath.dirname(bundle), { recursive: true }));

  /** A process that is killed in the middle of writing `a.txt`, or that writes until it is told to stop. */
  const writer = (): {
    readonly temporary: Promise<string>;
    readonly kill: () => Promise<void>;
  } => {
    const script = `
      import { writeFileAtomically } from ${JSON.stringify(pathToFileURL(bundle).href)};
      function* chunks() {
        yield { _tag: 'Right', right: new Uint8Array(8) };
        console.log('writing');
        for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
      }
      writeFileAtomically(${JSON.stringify(at('b.txt'))}, chunks());`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((done) => child.on('exit', () => done()));
    const temporary = new Promise<string>((done) =>
      child.stdout.once('data', () =>
        done(fs.readdirSync(folder).find((n) => n.endsWith('.tmp'))!),
      ),
    );
    return { temporary, kill: () => (child.kill('SIGKILL'), ended) };
  };

  test('stays while its process lives, and goes at the next write after that', async () => {
    const { temporary, kill } = writer();
    const name = await temporary;
    expect(write()).toBe('written');
    expect(fs.readdirSync(folder).sort()).toEqual([name, 'a.txt']);
    await kill();
    expect(fs.readdirSync(folder).sort()).toEqual([name, 'a.txt']);
    expect(write()).toBe('written');
    expect(fs.readdirSync(folder)).toEqual(['a.txt']);
  });

  test('of another machine goes when nothing was added to it for a day', () => {
    const hour = 60 * 60 * 1000;
    const old = (name: string, hours: number): void => {
      put(name, '');
      const then = new Date(fs.statSync(at(name)).mtimeMs - hours * hour);
      fs.utimesSync(at(name), then, then);
    };
    old('.netc-00000000-1-0123456789abcdef.tmp', 25);
    old('.netc-00000000-2-0123456789abcdef.tmp', 23);
    put('.netc-notes.txt', 'of a person');
    write();
    expect(fs.readdirSync(folder).sort()).toEqual([
      '.netc-00000000-2-0123456789abcdef.tmp',
      '.netc-notes.txt',
      'a.txt',
    ]);
  });

  test('goes before anything is written, when the disk may be full', () => {
    put('.netc-0123456789abcdef.tmp', 'large');
    const seen: string[][] = [];
    const chunks = function* () {
      seen.push(fs.readdirSync(folder));
      yield* textChunks('x');
    };
    writeFileAtomically(at('a.txt'), chunks());
    expect(seen).toEqual([[expect.not.stringMatching(/0123456789abcdef/)]]);
  });
});

describe('the files of a folder', () => {
  const files = (text: string) => [
    { name: 'w1.bin', chunks: textChunks(text) },
    { name: 'w2.bin', chunks: textChunks(text) },
    { name: 'model.json', chunks: textChunks(text) },
  ];
  const texts = () => files('').map(({ name }) => fs.readFileSync(at('out', name), 'utf8'));

  test('the last goes away first and comes back last', () => {
    writeFilesAtomically(at('out'), files('old'));
    faults.log.length = 0;
    expect(codeOf(writeFilesAtomically(at('out'), files('new')))).toBe('written');
    expect(texts()).toEqual(['new', 'new', 'new']);
    expect(faults.log.filter((line) => !line.startsWith('fsync'))).toEqual([
      'remove model.json',
      'rename w1.bin',
      'rename w2.bin',
      'rename model.json',
    ]);
  });

  test('nothing changes when one of them cannot be written', () => {
    writeFilesAtomically(at('out'), files('old'));
    faults.fullAfter = 8;
    expect(codeOf(writeFilesAtomically(at('out'), files('news')))).toMatch(/^E0509/);
    expect(texts()).toEqual(['old', 'old', 'old']);
    expect(fs.readdirSync(at('out')).length).toBe(3);
  });

  test('old ones go at the end, and what only looks old stays', () => {
    writeFilesAtomically(at('out'), [{ name: 'w7.bin', chunks: textChunks('old') }]);
    fs.mkdirSync(at('out', 'w8.bin'));
    const written = writeFilesAtomically(at('out'), files('x'), (name) => /^w\d/.test(name));
    expect(codeOf(written)).toBe('written');
    expect(fs.readdirSync(at('out')).sort()).toEqual(['model.json', 'w1.bin', 'w2.bin', 'w8.bin']);
  });

  test('a file where the folder should be', () => {
    put('out', '');
    expect(codeOf(writeFilesAtomically(at('out'), files('x')))).toMatch(/^E0509.*is not a folder/);
    expect(codeOf(writeFilesAtomically(at('out', 'b'), files('x')))).toMatch(/^E0509/);
  });
});

describe('imports', () => {
  test.each([
    ['main.net', 'resnet.net', 'resnet.net'],
    ['nets/main.net', 'resnet.net', 'nets/resnet.net'],
    ['nets/main.net', './lib/a.net', 'nets/lib/a.net'],
    ['nets/main.net', '../a.net', 'a.net'],
    ['a/b/c.net', '../../d/../e.net', 'e.net'],
    ['main.net', '..a/b.net', '..a/b.net'],
  ])('in %s of "%s" is %s', (importer, written, path) =>
    expect(resolveImport(importer, written)).toEqual(E.right(path)),
  );

  test.each([
    ['', 'is not a file name'],
    ['/etc/passwd', 'is an absolute path'],
    ['//host/share/a.net', 'is an absolute path'],
    ['\\\\host\\a.net', 'is an absolute path'],
    ['C:\\a.net', 'is an address, not a file of the project'],
    ['C:a.net', 'is an address, not a file of the project'],
    ['https://example.com/a.net', 'is an address, not a file of the project'],
    ['file:a.net', 'is an address, not a file of the project'],
    ['lib\\a.net', 'has `\\` between its folders'],
    ['../a.net', 'lies outside the project'],
    ['lib/../../a.net', 'lies outside the project'],
    ['..', 'lies outside the project'],
  ])('"%s" is refused: it %s', (written, message) => {
    expect(resolveImport('main.net', written)).toMatchObject({ left: { code: 'E0005', message } });
    const told = diskFiles(at('root')).resolve('main.net', written);
    expect(told).toMatchObject({ left: { code: 'E0005' } });
  });
});

describe('sources', () => {
  const verdict = (path: string): string => {
    const source = diskFiles(at('root')).read(path);
    if (E.isRight(source)) return `${source.right.path}: ${source.right.text}`;
    const { code, message, notes = [] } = source.left;
    return [`${code} ${message}`, ...notes].join('; ');
  };
  beforeEach(() => {
    put('secret.net', 'secret');
    put('root/a.net', 'net A');
    put('root/lib/resnet.net', '-- Größe');
  });

  test('are read, whatever their path looks like', () => {
    expect(verdict('a.net')).toBe('a.net: net A');
    expect(verdict('lib/../a.net')).toBe('a.net: net A');
    expect(verdict('lib/resnet.net')).toBe('lib/resnet.net: -- Größe');
    expect(verdict(at('root/a.net'))).toBe('a.net: net A');
  });

  test('have one name, whatever links lead to them', () => {
    fs.symlinkSync('a.net', at('root/b.net'));
    fs.symlinkSync('root', at('link'));
    expect(verdict('b.net')).toBe('a.net: net A');
    expect(readSource(at('link'), 'a.net')).toEqual(E.right({ path: 'a.net', text: 'net A' }));
  });

  test('a byte order mark is no text', () => {
    put('root/bom.net', '\ufeffnet A');
    expect(verdict('bom.net')).toBe('bom.net: net A');
  });

  test.each([
    ['absent.net', /^E0001 cannot be read: it does not exist$/],
    ['lib', /^E0001.*it is a folder$/],
    ['a.net/b.net', /^E0001.*lies below something that is not a folder/],
    ['pipe.net', /^E0001.*it is a device, a pipe or a socket$/],
    ['loop.net', /^E0001.*is a link that leads to itself/],
    ['a\0.net', /^E0001.*no file can have/],
    ['../secret.net', /^E0005.*outside the project/],
    ['out.net', /^E0005.*outside the project/],
    ['outside/secret.net', /^E0005.*outside the project/],
    ['zero.net', /^E0005.*outside the project/],
    ['large.net', /^E0002 has 4.0 MiB/],
    ['latin1.net', /^E0008.*not text in UTF-8$/],
    ['utf16.net', /^E0008.*it looks like UTF-16/],
    ['binary.net', /^E0008/],
  ])('%s is refused', (path, expected) => {
    execFileSync('mkfifo', [at('root/pipe.net')]);
    fs.symlinkSync('loop.net', at('root/loop.net'));
    fs.symlinkSync('../secret.net', at('root/out.net'));
    fs.symlinkSync('..', at('root/outside'));
    fs.symlinkSync('/dev/zero', at('root/zero.net'));
    put('root/large.net', new Uint8Array(4 * 2 ** 20 + 1).fill(0x20));
    put('root/latin1.net', Uint8Array.of(0x47, 0xf6));
    put('root/utf16.net', Buffer.from('\ufeffnet A', 'utf16le'));
    put('root/binary.net', Uint8Array.of(1, 0, 2));
    expect(verdict(path)).toMatch(expected);
  });

  test('that are not there have near ones', () => {
    expect(diskFiles(at('root')).read('lib/resnt.net')).toMatchObject({
      _tag: 'Left',
      left: { code: 'E0001', near: ['resnet.net'] },
    });
  });

  test('of exactly 4 MiB are read', () => {
    put('root/large.net', new Uint8Array(4 * 2 ** 20).fill(0x20));
    expect(verdict('large.net').length).toBe(4 * 2 ** 20 + 'large.net: '.length);
  });
});
