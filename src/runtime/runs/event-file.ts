/**
 * The event files of TensorBoard: records as TensorFlow frames them (tensorflow/core/lib/io/record_writer.h), each an
 * `Event` of protocol buffers (tensorflow/core/util/event.proto).
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** The fields that netc writes, by their numbers in the `.proto` files. */
const fields = {
  event: { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 },
  summary: { value: 1 },
  value: { tag: 1, simple: 2 },
  sessionLog: { status: 1 },
} as const;

/** `SessionLog.START`: what was written of this step and later ones by another session counts no more. */
const sessionStart = 1;

/** What an event is about: `restart` says that a session goes on at a step. */
export type Occasion = { readonly step: number } & (
  | { readonly tag: 'version' }
  | { readonly tag: 'restart' }
  | { readonly tag: 'scalars'; readonly scalars: readonly (readonly [tag: string, n: number])[] }
);

/** An event. `wallTime` is in seconds since 1970. */
type Event = Occasion & { readonly wallTime: number };

const { event: ofEvent, summary: ofSummary, value: ofValue, sessionLog: ofSession } = fields;

/** The bytes of an event. */
const messageOf = (event: Event): Uint8Array => {
  const { wallTime, step } = event;
  const w = new BinaryWriter().tag(ofEvent.wallTime, 1).double(wallTime);
  if (step !== 0) w.tag(ofEvent.step, 0).int64(step);
  switch (event.tag) {
    case 'version':
      return w.tag(ofEvent.fileVersion, 2).string('brain.Event:2').finish();
    case 'restart':
      w.tag(ofEvent.sessionLog, 2).fork();
      return w.tag(ofSession.status, 0).int32(sessionStart).join().finish();
    case 'scalars': {
      w.tag(ofEvent.summary, 2).fork();
      for (const [tag, n] of event.scalars) {
        w.tag(ofSummary.value, 2).fork();
        w.tag(ofValue.tag, 2).string(tag).tag(ofValue.simple, 5).float(Math.fround(n)).join(); // 1e39 is infinite
      }
      return w.join().finish();
    }
  }
};

/** The table of CRC-32C (Castagnoli 1993), whose polynomial is 0x1EDC6F41, here with its bits reversed. */
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0x82f63b78 : 0);
  return c;
});

/** CRC-32C. */
export const crc32c = (bytes: Uint8Array): number =>
  ~bytes.reduce((c, byte) => table[(c ^ byte) & 0xff]! ^ (c >>> 8), ~0) >>> 0;

/** Turned and shifted, so that the sum of bytes that contain sums is not degenerate. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** An event as a record: its length, the sum of that, its bytes, and the sum of those. */
export const recordOf = (event: Event): Uint8Array => {
  const message = messageOf(event);
  const record = new Uint8Array(16 + message.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(message, 12);
  view.setUint32(12 + message.length, masked(crc32c(message)), true);
  return record;
};

/** The tag of a figure: those of one curve in one chart, validation beside training. */
const tagOf = (figure: string, event: 'step' | 'epoch'): string => {
  const [, validated] = /^validation_(.*)$/.exec(figure) ?? [];
  if (validated !== undefined) return `${validated}/validation`;
  return `${figure}/${event === 'epoch' ? 'epoch' : 'train'}`;
};

/** The figures of a line of the log as scalars; TensorBoard shows a place where one is NaN or infinite. */
export const scalarsOf = (
  event: 'step' | 'epoch',
  figures: { readonly [name: string]: number | undefined },
): readonly (readonly [string, number])[] =>
  Object.entries(figures).flatMap(([name, n]) =>
    n === undefined ? [] : [[tagOf(name, event), n] as const],
  );
