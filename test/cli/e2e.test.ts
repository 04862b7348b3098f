/** The bundle as its users start it: a process, its streams and its exit code. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isColoured } from '../../src/cli/host/io.ts';
import { newFolder, removeFolder, type Said } from './session.ts';

const program = join(inject('built'), 'netc.js');

let folder: string;

beforeAll(() => {
  const many = Array.from({ length: 1000 }, (_, i) => `  label_${i}: conv1-3\n`).join('');
  folder = newFolder({
    'fine.net': 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-4 }\n',
    'broken.net': 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-5 }\n',
    'long.net': `net L : [8, 8, 3] -> [8, 8, 3] {\n${many}}\n`,
  });
});

afterAll(() => {
  removeFolder(folder);
});

type Started = {
  readonly ended: Promise<Said>;
  readonly interrupt: () => void;
  readonly heard: (text: string) => Promise<void>;
  readonly closeOut: () => void;
};

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Started => {
  const plain = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...plain, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  return {
    ended: new Promise((done) => {
      child.on('close', (code) => done({ code: code ?? -1, out, err }));
    }),
    interrupt: () => child.kill('SIGINT'),
    heard: async (text) => {
      while (!err.includes(text)) await new Promise((next) => child.stderr.once('data', next));
    },
    closeOut: () => child.stdout.destroy(),
  };
};

const netc = (...args: readonly string[]): Promise<Said> => start(args).ended;

describe('the bundle', () => {
  it('checks, with data on stdout, messages on stderr, and no colour in a pipe', async () => {
    const fine = await netc('check', 'fine.net');
    expect(fine).toEqual({ code: 0, out: '', err: 'fine.net: 1 net, no errors\n' });
    const broken = await netc('check', 'broken.net');
    expect([broken.code, broken.out]).toEqual([1, '']);
    expect(broken.err).toContain('error[E0206]');
  });

  it('prepares pictures in threads', async () => {
    writeFileSync(
      join(folder, 'train.net'),
      `net N : [16, 16, 3] -> [2] { gap; fc-2; softmax }
train t : N {
  data shapes(size = 16, classes = 2, images = 8, validation = 4)
  optimizer sgd(rate = 0.1)
  batch 4
  epochs 1
}
`,
    );
    const [one, two] = [
      await netc('data', 'check', 'train.net:t', '--workers', '0'),
      await netc('data', 'check', 'train.net:t', '--workers', '2'),
    ];
    expect(two).toEqual(one);
    expect(two.code).toBe(0);
  });

  it('follows FORCE_COLOR and NO_COLOR', async () => {
    const forced = await start(['check', 'broken.net'], { FORCE_COLOR: '1' }).ended;
    expect(forced.err).toContain('\u001b[31m');
    const none = await start(['check', 'broken.net'], { NO_COLOR: '1' }).ended;
    expect(none.err).not.toContain('\u001b');
  });

  it('takes an empty NO_COLOR for none', () => {
    const env = { TERM: 'xterm' };
    expect(isColoured(true, env)).toBe(true);
    expect(isColoured(true, { ...env, NO_COLOR: '' })).toBe(true);
    expect(isColoured(true, { ...env, NO_COLOR: '0' })).toBe(false);
    expect(isColoured(true, { ...env, FORCE_COLOR: '0' })).toBe(false);
    expect(isColoured(false, env)).toBe(false);
    expect(isColoured(false, { ...env, NO_COLOR: '', FORCE_COLOR: '1' })).toBe(true);
  });

  it('finds its version and its pages from any folder', async () => {
    expect((await netc('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await netc('explain', 'E0301')).out).toContain('maxpol');
  });

  it('knows which engines work', async () => {
    const { out, code } = await netc('doctor', '--json');
    expect(code).toBe(0);
    const { engines } = JSON.parse(out);
    expect(engines).toContainEqual(expect.objectContaining({ name: 'wasm', usable: true }));
    for (const { usable, reason } of engines) expect(usable || reason.length > 0).toBe(true);
  });

  it('ends quietly when nobody reads on', async () => {
    const long = start(['dump', '--after', 'build', 'long.net']);
    long.closeOut();
    const said = await long.ended;
    expect(said.err).toBe('');
    expect(said.code).toBe(0);
  });

  it('writes all of a long output into a pipe', async () => {
    const { out, code } = await netc('summary', 'long.net', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).layers).toHaveLength(1000);
  });

  it('watches until it is interrupted', async () => {
    const watching = start(['check', 'fine.net', '--watch']);
    await watching.heard('watching');
    writeFileSync(join(folder, 'fine.net'), 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-6 }\n');
    await watching.heard('E0206');
    watching.interrupt();
    expect((await watching.ended).code).toBe(130);
  });

  it('compiles again when the file has changed', async () => {
    const file = join(folder, 'again.net');
    writeFileSync(file, 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-4 }\n');
    const watching = start(['compile', 'again.net', '--watch', '-o', 'again']);
    await watching.heard('watching');
    writeFileSync(file, 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-6 }\n');
    await watching.heard('E0206');
    writeFileSync(file, 'net Mended : [8, 8, 3] -> [8, 8, 6] { conv3-6 }\n');
    await watching.heard('--net Mended');
    watching.interrupt();
    const { code, out } = await watching.ended;
    expect(code).toBe(130);
    expect(out).toContain('again/N/model.json');
    expect(out).toContain('again/Mended/model.json');
  });

  it('asks for a report when it has a bug', async () => {
    // an exception that netc does not expect
    const script = `
      process.argv.splice(1, 0, ${JSON.stringify(program)});
      process.chdir(${JSON.stringify(folder)});
      process.cwd = () => { throw new Error('no folder'); };
      await import(${JSON.stringify(program)});`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    let err = '';
    child.stderr.on('data', (data) => (err += String(data)));
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(70);
    expect(err).toContain('netc has a bug');
    expect(err).toContain(`node     ${process.version}`);
    expect(err).toContain('Error: no folder');
    // places are those of the sources, not of the bundle
    expect(err).toMatch(/ at src\/cli\/host\/[\w-]+\.ts:\d+:\d+\n/);
  });
});

it('says that the folder it was started in is gone', () => {
  const gone = newFolder({});
  const script = `rmdir "$1" && exec "$2" "$3" check ${join(folder, 'long.net')}`;
  const { status, stderr } = spawnSync('sh', ['-c', script, '-', gone, process.execPath, program], {
    cwd: gone,
    encoding: 'utf8',
  });
  const says = 'error: the folder that netc was started in does not exist any more\n';
  expect([status, stderr]).toEqual([3, says]);
});

// a device of Linux that is always full
it.skipIf(!existsSync('/dev/full'))("a full disk behind stdout is the machine's", () => {
  const full = openSync('/dev/full', 'w');
  const args = [program, 'summary', 'long.net'];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect([status, stderr]).toEqual([3, 'error: stdout takes nothing: ENOSPC\n']);
});
