/** Event files, read by an independent decoder, and by TensorBoard's own reader where Python has it. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRun, openRun } from '../../../src/runtime/runs/begin.ts';
import { crc32c } from '../../../src/runtime/runs/event-file.ts';
import { after, describing, newRoot, right } from './made.ts';

/** Sums of RFC 3720, appendix B.4, and the usual check. */
test.each([
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [new TextEncoder().encode('123456789'), 0xe3069283],
])('CRC-32C of known bytes', (bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});

/** CRC-32C bit by bit, as the standard has it. */
const slowSum = (bytes: Uint8Array): number => {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
};
const masked = (sum: number): number => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;

/** A field of a message: its number, and a number or bytes. */
type Field = readonly [number: number, value: number | Uint8Array];

const fieldsOf = (bytes: Uint8Array): readonly Field[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let n = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      n += (byte & 127) * shift;
      if (byte < 128) return n;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const number = key >> 3;
    switch (key & 7) {
      case 0:
        found.push([number, varint()]);
        break;
      case 1:
        found.push([number, view.getFloat64(at, true)]);
        at += 8;
        break;
      case 2: {
        const length = varint();
        found.push([number, bytes.subarray(at, at + length)]);
        at += length;
        break;
      }
      case 5:
        found.push([number, view.getFloat32(at, true)]);
        at += 4;
        break;
      default:
        throw new Error(`wire type ${key & 7}`);
    }
  }
  return found;
};

const text = (value: number | Uint8Array | undefined): string =>
  typeof value === 'object' ? new TextDecoder().decode(value) : '';
const message = (value: number | Uint8Array | undefined): ReadonlyMap<number, Field[1]> =>
  new Map(typeof value === 'object' ? fieldsOf(value) : []);

/** The events of a file, a line each; the sums of all records are checked. */
const eventsIn = (path: string): readonly string[] => {
  const bytes = new Uint8Array(fs.readFileSync(path));
  const view = new DataView(bytes.buffer);
  const events: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(slowSum(bytes.subarray(at, at + 8))));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(slowSum(data)));
    at += 16 + length;
    const event = message(data);
    expect(Math.abs(Number(event.get(1)) - Date.now() / 1000)).toBeLessThan(100);
    const step = event.get(2) ?? 0;
    if (event.has(3)) events.push(`${step} version ${text(event.get(3))}`);
    if (event.has(7)) events.push(`${step} session ${String(message(event.get(7)).get(1))}`);
    const summary = event.get(5);
    for (const [, value] of typeof summary === 'object' ? fieldsOf(summary) : []) {
      const scalar = message(value);
      events.push(`${step} ${text(scalar.get(1))} ${String(scalar.get(2))}`);
    }
  }
  return events;
};

let root: string;
beforeAll(() => {
  root = newRoot();
  const warn = (): void => {};
  const run = right(createRun(root, 'first', describing(), after(0), warn));
  run.log({ step: 1, epoch: 1 }, { loss: 2.5, top1: undefined });
  right(run.save(after(1), false));
  run.log({ step: 300, epoch: 1 }, { loss: 9 });
  right(run.finish({ state: 'stopped', step: 300, epoch: 1 }));
  const again = right(openRun(join(root, 'first-1'), describing(), false, warn)).run;
  again.epoch({ step: 4, epoch: 1 }, { loss: NaN, rate: 0.125, validation_top1: 0.5 });
  right(again.finish({ state: 'stopped', step: 4, epoch: 1 }));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const files = (): readonly string[] =>
  fs
    .readdirSync(join(root, 'first-1'))
    .filter((name) => name.includes('tfevents'))
    .map((name) => join(root, 'first-1', name));

describe('the event files of a run', () => {
  test('have a record for each line of figures, and say where a session goes on', () => {
    const [first, second, ...others] = files();
    expect(others).toEqual([]);
    expect(eventsIn(first!)).toEqual([
      ...['0 version brain.Event:2', '1 loss/train 2.5', '300 loss/train 9'],
    ]);
    expect(eventsIn(second!)).toEqual([
      '0 version brain.Event:2',
      '2 session 1',
      ...['4 loss/epoch NaN', '4 rate/epoch 0.125', '4 top1/validation 0.5'],
    ]);
  });

  const python = process.env['NETC_PYTHON'] ?? 'python3';
  const found = spawnSync(python, ['-c', 'import tensorboard'], { stdio: 'ignore' }).status === 0;

  test.runIf(found)('are what TensorBoard reads, without what a resume undid', () => {
    const script = [
      'import json, sys',
      'from tensorboard.backend.event_processing.event_accumulator import EventAccumulator',
      'events = EventAccumulator(sys.argv[1]).Reload()',
      'tags = events.Tags()["scalars"]',
      'print(json.dumps({t: [[e.step, str(e.value)] for e in events.Scalars(t)] for t in tags}))',
    ].join('\n');
    const run = spawnSync(python, ['-c', script, join(root, 'first-1')], { encoding: 'utf8' });
    expect(JSON.parse(run.stdout || run.stderr)).toEqual({
      'loss/train': [[1, '2.5']],
      'loss/epoch': [[4, 'nan']],
      'rate/epoch': [[4, '0.125']],
      'top1/validation': [[4, '0.5']],
    });
  });
});
