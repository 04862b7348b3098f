/** What each kind of set makes of the files that it reads. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesFrom, mnist, npy, pax, png, record, tar, zip } from './packed.ts';
import { opened, put, sampleOf } from './sets.ts';

const usual = { tag: 'usual' } as const;

describe('mnist', () => {
  it.each([false, true])('is two halves of grey pictures; packed: %s', async (packed) => {
    const set = await opened(
      { tag: 'mnist', path: '.', validation: usual },
      put(mnist(5, 4, packed)),
    );
    expect(set.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect([...set.train.labels]).toEqual([0, 1, 2, 0, 1]);
    expect(set.validation?.count).toBe(4);
    const data = bytesFrom(5, 100).slice(40, 60);
    expect(await sampleOf(set.train, 2)).toEqual({ tag: 'pixels', h: 4, w: 5, channels: 1, data });
    expect(set.train.name(2)).toBe(`train-images-idx3-ubyte${packed ? '.gz' : ''} 2`);
    await set.close();
  });

  it('has the same digest packed or not, and another when a label or a pixel changes', async () => {
    const digest = async (files: Record<string, Buffer>) =>
      (await opened({ tag: 'mnist', path: '.' }, put(files))).digest().sum;
    const plain = await digest(mnist(5, 4));
    expect(await digest(mnist(5, 4, true))).toBe(plain);
    const other = mnist(5, 4);
    other['train-labels-idx1-ubyte']![9] = 2;
    expect(await digest(other)).not.toBe(plain);
    const brighter = mnist(5, 4);
    brighter['train-images-idx3-ubyte']![30]! ^= 1;
    expect(await digest(brighter)).not.toBe(plain);
  });
});

describe('cifar', () => {
  it('is planes of red, green and blue behind a label', async () => {
    const room = put({
      'cifar-10-batches-bin/data_batch_1.bin': Buffer.concat([record([3], 10), record([4], 20)]),
      'cifar-10-batches-bin/data_batch_2.bin': record([5], 30),
      'cifar-10-batches-bin/test_batch.bin': record([9], 40),
      'cifar-10-batches-bin/batches.meta.txt': 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n',
    });
    const set = await opened({ tag: 'cifar10', path: '.', validation: usual }, room);
    expect(set.classes.join('')).toBe('abcdefghij');
    expect([...set.train.labels]).toEqual([3, 4, 5]);
    expect([...set.validation!.labels]).toEqual([9]);
    const { data, h, w } = await sampleOf(set.train, 2);
    expect([h, w, ...data.slice(0, 6)]).toEqual([32, 32, 30, 31, 32, 30, 31, 32]);
    expect(set.train.name(2)).toBe('cifar-10-batches-bin/data_batch_2.bin 0');
    await set.close();
  });

  it('of a hundred classes takes the fine label', async () => {
    const room = put({ 'train.bin': Buffer.concat([record([1, 77], 0), record([2, 5], 9)]) });
    const set = await opened({ tag: 'cifar100', path: '.' }, room);
    expect([...set.train.labels]).toEqual([77, 5]);
    expect(set.classes).toHaveLength(100);
    expect((await sampleOf(set.train, 1)).data[0]).toBe(9);
    await set.close();
  });
});

describe('folders', () => {
  it('are classes in the order of their bytes, with pictures of any nesting', async () => {
    const red = await png(255, 0, 0);
    const room = put({
      'b/z.png': red,
      'b/deep/er/a.PNG': red,
      'B/1.png': red,
      'ä/1.png': await png(0, 0, 255),
      'b/notes.txt': 'no picture',
      'b/.hidden.png': 'no picture',
    });
    const set = await opened({ tag: 'imagefolder', path: '.' }, room);
    expect(set.classes).toEqual(['B', 'b', 'ä']);
    const names = Array.from({ length: set.train.count }, (_, i) => set.train.name(i));
    expect(names).toEqual(['B/1.png', 'b/deep/er/a.PNG', 'b/z.png', 'ä/1.png']);
    expect([...set.train.labels]).toEqual([0, 1, 1, 2]);
    const { data } = await sampleOf(set.train, 3);
    expect([...data.slice(0, 3)]).toEqual([0, 0, 255]);
  });

  it('may be divided into those to train on and to validate with', async () => {
    const grey = await png(9, 9, 9);
    const room = put({
      'd/train/a/1.png': grey,
      'd/train/b/1.png': grey,
      'd/train/c/1.png': grey,
      'd/val/c/2.png': grey,
      'd/val/b/2.png': grey,
    });
    const set = await opened({ tag: 'imagefolder', path: 'd', validation: usual }, room);
    expect(set.classes).toEqual(['a', 'b', 'c']);
    expect(set.validation!.name(0)).toBe('d/val/b/2.png');
    expect([...set.validation!.labels]).toEqual([1, 2]);
    const path = { tag: 'path', path: 'd/val' } as const;
    const named = await opened({ tag: 'imagefolder', path: 'd', validation: path }, room);
    expect([...named.validation!.labels]).toEqual([1, 2]);
  });

  it('may be called `train` like a class', async () => {
    const grey = await png(9, 9, 9);
    const room = put({ 'train/1.png': grey, 'bus/1.png': grey });
    expect((await opened({ tag: 'imagefolder', path: '.' }, room)).classes).toEqual([
      'bus',
      'train',
    ]);
  });

  it('may be links, also in a circle', async () => {
    const grey = await png(9, 9, 9);
    const room = put({ 'a/1.png': grey, 'b/1.png': grey });
    symlinkSync('1.png', join(room, 'a/2.png'));
    symlinkSync('..', join(room, 'b/loop'));
    const set = await opened({ tag: 'imagefolder', path: '.' }, room);
    expect(set.train.labels.filter((label) => label === 0)).toHaveLength(2);
  });
});

describe('a share to validate with', () => {
  it('keeps each picture on its side when others come', async () => {
    const grey = await png(9, 9, 9);
    const files = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`${i % 2 === 0 ? 'a' : 'b'}/${i}.png`, grey]),
      );
    const apart = async (count: number) => {
      const validation = { tag: 'share', share: 0.3 } as const;
      const set = await opened({ tag: 'imagefolder', path: '.', validation }, put(files(count)));
      const part = set.validation!;
      expect(part.count + set.train.count).toBe(count);
      return Array.from({ length: part.count }, (_, i) => part.name(i));
    };
    const [few, many] = [await apart(60), await apart(240)];
    expect(many).toEqual(expect.arrayContaining(few));
    expect(few.length).toBeGreaterThan(8);
    expect(Math.abs(many.length / 240 - 0.3)).toBeLessThan(0.1);
    expect(many.filter((name) => Number(/\d+/.exec(name)![0]) < 60)).toHaveLength(few.length);
  });
});

describe('webdataset', () => {
  it('is pictures beside labels, in several tars', async () => {
    const [red, blue] = [await png(255, 0, 0), await png(0, 0, 255)];
    const long = `${'deep/'.repeat(30)}c`;
    const room = put({
      't-08.tar': tar(
        { name: 'x/', kind: '5' },
        { name: 'x/a.png', content: red },
        { name: 'x/a.cls', content: '1\n' },
        { name: 'x/a.json', content: '{}' },
      ),
      't-09.tar': tar(
        { name: 'b.cls', content: '0' },
        { name: 'b.seg.png', content: 'a mask, no picture of a class' },
        { name: 'b.png', content: blue },
      ),
      't-10.tar': tar(
        { name: 'pax', kind: 'x', content: pax('path', `${long}.png`) },
        { name: 'short.png', content: blue },
        { name: 'L', kind: 'L', content: `${long}.cls\0`, format: 'gnu' },
        { name: 'short.cls', content: '2' },
      ),
    });
    const set = await opened({ tag: 'webdataset', path: 't-{08..10}.tar' }, room);
    expect(set.classes).toEqual(['0', '1', '2']);
    expect([...set.train.labels]).toEqual([1, 0, 2]);
    expect(set.train.name(0)).toBe('t-08.tar: x/a.png');
    expect(set.train.name(2)).toBe(`t-10.tar: ${long}.png`);
    expect([...(await sampleOf(set.train, 2)).data.slice(0, 3)]).toEqual([0, 0, 255]);
    await set.close();
  });
});

const floats = (...numbers: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(numbers).buffer);

describe('arrays', () => {
  const pixels = npy('|u1', [3, 2, 2, 3], bytesFrom(1, 36));
  const vectors = npy('<f4', [3, 2], floats(1, 2, 3, 4, 5, 6));
  const labels = npy('<i8', [3], new Uint8Array(BigInt64Array.of(0n, 1n, 1n).buffer));

  it('of bytes are pictures', async () => {
    const room = put({ 'x.npy': pixels, 'y.npy': labels });
    const set = await opened({ tag: 'arrays', path: 'x.npy', labels: 'y.npy' }, room);
    expect([...set.train.labels]).toEqual([0, 1, 1]);
    expect(await sampleOf(set.train, 1)).toEqual({
      ...{ tag: 'pixels', h: 2, w: 2, channels: 3 },
      data: bytesFrom(1, 36).slice(12, 24),
    });
    await set.close();
  });

  it.each([false, true])('may lie in an archive, packed: %s', async (packed) => {
    const room = put({ 'd.npz': zip({ 'x.npy': vectors, 'y.npy': labels }, packed) });
    const set = await opened({ tag: 'arrays', path: 'd.npz' }, room);
    expect(set.blocks).toHaveLength(packed ? 2 : 0);
    expect(await sampleOf(set.train, 2)).toEqual({
      ...{ tag: 'numbers', h: 1, w: 1, channels: 2 },
      data: Float32Array.of(5, 6),
    });
    await set.close();
  });

  it('validate with another archive, whose blocks come behind', async () => {
    const others = npy('<f4', [1, 2], floats(8, 9));
    const answer = npy('|u1', [1], Uint8Array.of(1));
    const room = put({
      'a.npz': zip({ 'x.npy': vectors, 'y.npy': labels }, true),
      'b.npz': zip({ 'x.npy': others, 'y.npy': answer }, true),
    });
    const validation = { tag: 'path', path: 'b.npz' } as const;
    const set = await opened({ tag: 'arrays', path: 'a.npz', validation }, room);
    expect([...(await sampleOf(set.validation!, 0)).data]).toEqual([8, 9]);
    expect([...(await sampleOf(set.train, 0)).data]).toEqual([1, 2]);
    await set.close();
  });
});
