import { join } from 'node:path';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRoomForRun, noRoomForWeights } from '../../src/runtime/engines/no-room.ts';
import { engineFor } from '../../src/cli/program/engine.ts';
import { exitFor } from '../../src/cli/host/exit.ts';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import { plan } from '../../src/lower/plan.ts';
import type { Engine, Room } from '../../src/runtime/engines/engine.ts';
import { shortageFor } from '../../src/runtime/engines/session.ts';
import { engines } from '../../src/runtime/engines/engines.ts';
import { node } from '../../src/runtime/node/host.ts';
import { writeNpy } from '../../src/runtime/files/arrays.ts';
import { writeWeights } from '../../src/runtime/files/weights.ts';
import { engine } from '../lower/engines.ts';
import { check } from '../programs.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const program = `
net Tiny : [8, 8, 3] -> [4] { conv3-4; relu; gap; fc-4; softmax }
net Other : [8, 8, 3] -> [4] { conv3-4; relu; gap; fc-4; fc-4 }
`;

let folder: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = newFolder({
    'tiny.net': program,
    'large.net': '-'.repeat(5 * 2 ** 20),
    'binary.net': new Uint8Array([0x89, 0x50, 0, 1, 2, 3]),
    'utf16.net': new Uint8Array([0xff, 0xfe, 0x6e, 0]),
    'picture.png': 'not a picture',
    'broken.npy': 'not an array',
    taken: 'a file where a folder should be',
  });
  await netc(folder, 'weights', 'init', 'tiny.net', '--net', 'Tiny', '-o', 'tiny.safetensors');
  await netc(folder, 'weights', 'init', 'tiny.net', '--net', 'Other', '-o', 'other.safetensors');
  const array = (shape: readonly number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((n, k) => n * k, 1)),
  });
  writeNpy(file('x.npy'), array([1, 8, 8, 3]));
  writeNpy(file('planes.npy'), array([1, 3, 8, 8]));
  writeNpy(file('vector.npy'), array([1, 3]));
  const ones = (path: string) =>
    Either.right(new Float32Array(shapes.get(path)!.reduce((n, k) => n * k, 1)));
  const right: readonly (readonly [string, readonly number[]])[] = [
    ['Tiny/conv1/kernel', [3, 3, 3, 4]],
    ['Tiny/conv1/bias', [4]],
    ['Tiny/fc1/kernel', [4, 4]],
    ['Tiny/fc1/bias', [4]],
  ];
  let shapes = new Map(right);
  const write = (
    name: string,
    changes: readonly (readonly [string, readonly number[]])[],
  ): void => {
    shapes = new Map([...right, ...changes]);
    writeWeights(
      file(name),
      Array.from(shapes, ([n, shape]) => ({ name: n, shape })),
      ones,
    );
  };
  write('wrong-shape.safetensors', [['Tiny/fc1/kernel', [4, 5]]]);
  write('left-over.safetensors', [['Tiny/fc2/kernel', [4, 4]]]);
  const whole = readFileSync(file('tiny.safetensors'));
  writeFileSync(file('cut.safetensors'), whole.subarray(0, whole.length - 7));
});

afterAll(() => removeFolder(folder));

const run = (weights: string, input: string, ...more: readonly string[]) =>
  ['run', 'tiny.net', '--net', 'Tiny', '--weights', weights, '--input', input, ...more] as const;

describe('what a command says of files and names, and how it ends', () => {
  it.each<readonly [code: string, exit: number, args: readonly string[], says: string]>([
    ['E0001', 1, ['check', 'nothing.net'], 'nothing.net'],
    ['E0001', 1, ['check', 'tny.net'], 'tiny.net'],
    ['E0001', 1, run('nothing.safetensors', 'x.npy'), 'nothing.safetensors'],
    ['E0001', 1, run('tiny.safetensors', 'y.npy'), 'y.npy'],
    ['E0002', 1, ['check', 'large.net'], '4 MiB'],
    ['E0008', 1, ['check', 'binary.net'], 'UTF-8'],
    ['E0008', 1, ['check', 'utf16.net'], 'UTF-16'],
    ['E0501', 1, run('other.safetensors', 'x.npy'), 'Other'],
    ['E0502', 1, run('wrong-shape.safetensors', 'x.npy'), '[4, 5]'],
    ['E0503', 1, run('left-over.safetensors', 'x.npy'), 'Tiny/fc2/kernel'],
    ['E0504', 1, run('cut.safetensors', 'x.npy'), 'cut.safetensors'],
    ['E0504', 1, ['weights', 'show', 'picture.png'], 'picture.png'],
    ['E0505', 1, run('tiny.safetensors', 'broken.npy'), 'broken.npy'],
    ['E0506', 1, run('tiny.safetensors', 'picture.png'), 'picture.png'],
    ['E0508', 1, run('tiny.safetensors', 'planes.npy'), '[1, 3, 8, 8]'],
    ['E0508', 1, run('tiny.safetensors', 'vector.npy'), '[1, 3]'],
    ['E0509', 3, ['compile', 'tiny.net', '--net', 'Tiny', '-o', 'taken'], 'taken'],
    ['E0801', 2, ['compile', 'tiny.net', '--pass', 'fold', '-o', 'out'], '`fold`'],
  ])('%s, exit code %i: %j', async (code, exit, args, says) => {
    const said = await netc(folder, ...args);
    expect(said.err).toContain(`error[${code}]`);
    expect(said.err).toContain(says);
    expect(said.code).toBe(exit);
    expect(said.out).toBe('');
  });

  it('leaves nothing behind when it fails', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('E0701: an engine that is not usable here', async () => {
    const missing = (): ReturnType<Engine['load']> =>
      node
        .optional('a-package-that-nobody-has', 'npm install it')
        .then((loaded) => (Either.isLeft(loaded) ? loaded : expect.fail('it is there')));
    const absent = engines.map((e): Engine => ({ ...e, load: missing }));
    const asked = await engineFor('tensorflow', absent);
    const any = await engineFor(undefined, absent);
    if (Either.isRight(asked) || Either.isRight(any)) return expect.fail('nothing can be loaded');
    expect(asked.left.code).toBe('E0701');
    expect(asked.left.message).toBe('the engine `tensorflow` is not usable here');
    expect(asked.left.notes).toEqual([
      'tensorflow: a-package-that-nobody-has is not installed',
      'to enable it: npm install it',
    ]);
    expect(exitFor([asked.left])).toBe(3);
    expect(any.left.message).toBe('no engine is usable here');
    expect(any.left.notes).toHaveLength(2 * engines.length);
    const last = await engineFor(undefined, [...absent.slice(1), ...engines]);
    expect(Either.isRight(last)).toBe(true);
  });

  /** A run of a batch of 64 on an engine with so much room. */
  const noted = async (room: Partial<Room>): Promise<readonly string[]> => {
    const own = await engine('cpu');
    const small = { ...own, room: { ...own.room, ...room } };
    const graph = graphOfNet(
      check('net N : [8, 8, 3] -> [5] { conv3-4; relu; gap; fc-5 }').net('N'),
    );
    const program = kernelsOf(graph);
    const shape = [64, 8, 8, 3];
    const short = shortageFor(small, plan(program, { input: shape }, small.within));
    if (short === undefined) return [];
    const d = noRoomForRun(
      { file: 'x.npy', engine: small, program, shapes: { input: shape } },
      short,
    );
    expect(d.code).toBe('E0703');
    expect(d.message).toBe('`cpu` does not have enough memory');
    expect(exitFor([d])).toBe(3);
    return d.notes;
  };

  it('E0703: not enough memory, for a run as a whole', async () => {
    expect(await noted({ all: 60_000 })).toEqual([
      'it needs 112.5 KiB, and 58.59 KiB are there; most is alive at `N/conv1`',
      'a batch of up to 33 fits',
    ]);
    expect(await noted({ all: 1_000 })).toEqual([
      'it needs 112.5 KiB, and 1000 B are there; most is alive at `N/conv1`',
      'a batch of 1 does not fit either; a smaller image takes less',
    ]);
  });

  it('E0703: not enough memory, for a value', async () => {
    expect(await noted({ each: 30_000 })).toEqual([
      '`N/conv1` is one value of 64 KiB, and 29.3 KiB is the most of one',
      'a batch of up to 29 fits',
    ]);
  });

  it('E0703: not enough memory, for weights', () => {
    const { notes } = noRoomForWeights('x.npy', 'webgpu', {
      ...{ needs: 2 ** 31, has: 2 ** 30, at: 'D/fc1/kernel' },
    });
    expect(notes[0]).toBe('`D/fc1/kernel` has 2 GiB, and 1 GiB is the most of one value');
  });
});
