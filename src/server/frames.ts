/**
 * The frames of the base protocol: `Content-Length: N`, an empty line, and N bytes. Behind a frame that cannot be read,
 * reading goes on where the next header stands: no message has one inside of it, since words in JSON have no line breaks.
 */

/** The longest message in bytes, and the longest header (SAFETY.md). */
export const MOST_BYTES = 64 * 2 ** 20;
const MOST_HEADER = 4096;

/** What was found in the bytes so far. */
type Framed = {
  readonly message: (text: string) => void;
  /** why a frame was left out; said once until another is found */
  readonly broken: (why: string) => void;
};

const CR = 13;
const LF = 10;

/** Bytes that have come and are not used yet, in pieces. */
type Waiting = { readonly pieces: Uint8Array[]; length: number };

const take = (waiting: Waiting, count: number): Uint8Array => {
  const taken = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const piece = waiting.pieces[0]!;
    const part = piece.subarray(0, count - at);
    taken.set(part, at);
    at += part.length;
    if (part.length === piece.length) waiting.pieces.shift();
    else waiting.pieces[0] = piece.subarray(part.length);
  }
  waiting.length -= count;
  return taken;
};

/** Where the header ends in the bytes that wait, behind its empty line; undefined if that has not come. */
const endOfHeader = ({ pieces }: Waiting): number | undefined => {
  let at = 0;
  let lines = 0; // ends of lines without anything between
  for (const piece of pieces)
    for (const byte of piece) {
      at++;
      if (byte === LF) lines++;
      else if (byte !== CR) lines = 0;
      if (lines === 2) return at;
      if (at > MOST_HEADER) return undefined;
    }
  return undefined;
};

/** The length that a header states, or why it is none. */
const lengthIn = (header: string): number | string => {
  const fields = header.split(/\r?\n/).filter((line) => line !== '');
  let length: number | undefined;
  for (const field of fields) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? [];
    if (name === undefined || value === undefined) return 'a header is `Name: value`';
    if (name.toLowerCase() !== 'content-length') continue;
    if (!/^\d{1,15}$/.test(value)) return 'Content-Length must be a number of bytes';
    if (length !== undefined && length !== Number(value)) return 'two lengths are stated';
    length = Number(value);
  }
  if (length === undefined) return 'a message needs Content-Length';
  return length > MOST_BYTES ? `a message may have ${MOST_BYTES} bytes` : length;
};

/** A header that states a length, wherever it begins. */
const beginning = /content-length:[ \t]*\d{1,15}\r?\n/i;
/** No beginning is longer. */
const MOST_BEGINNING = 64;

/** A length that stands last in what is no header: it followed a message that was longer than was said. */
const lastLength = /[^](content-length:[^\n]*\n\r?\n)$/i;

/** One character for each byte, so that places in the text are places in the bytes. */
const byteByByte = new TextDecoder('latin1');
const beginningIn = (bytes: Uint8Array): number => byteByByte.decode(bytes).search(beginning);

/** Reads frames from bytes as they come. */
export const frames = ({ message, broken }: Framed): ((bytes: Uint8Array) => void) => {
  const decoder = new TextDecoder('utf-8');
  const waiting: Waiting = { pieces: [], length: 0 };
  let body: number | undefined; // the length of the message under way
  let isLost = false;
  const lose = (why: string): void => {
    body = undefined;
    isLost = true;
    broken(why);
  };
  /** Leaves out what stands before the next header, if that has come. */
  const find = (): void => {
    const bytes = take(waiting, waiting.length);
    const at = beginningIn(bytes);
    const rest = bytes.subarray(at < 0 ? Math.max(0, bytes.length - MOST_BEGINNING) : at);
    waiting.pieces.push(rest);
    waiting.length = rest.length;
    isLost = at < 0;
  };
  /** Reads a header, if it has come. */
  const begin = (): void => {
    const end = endOfHeader(waiting);
    if (end === undefined) {
      if (waiting.length > MOST_HEADER) lose('a header is too long');
      return;
    }
    const header = decoder.decode(take(waiting, end));
    const length = lengthIn(header);
    if (typeof length === 'number') body = length;
    else {
      lose(length);
      const own = lengthIn(lastLength.exec(header)?.[1] ?? '');
      if (typeof own === 'number') [body, isLost] = [own, false];
    }
  };
  /** Whether the next header has come before the message is whole, so that its length is wrong; `bytes` came last. */
  const isShort = (bytes: Uint8Array): boolean => {
    const unread = bytes.subarray(Math.max(0, bytes.length - waiting.length));
    const at = beginningIn(unread);
    return body !== undefined && at >= 0 && waiting.length - unread.length + at < body;
  };
  const SHORT = 'a message is shorter than its length';
  return (bytes) => {
    if (bytes.length === 0) return;
    waiting.pieces.push(bytes);
    waiting.length += bytes.length;
    if (body !== undefined && isShort(bytes)) lose(SHORT);
    for (;;) {
      if (isLost) find();
      if (isLost) return;
      if (body === undefined) begin();
      if (isLost) continue;
      if (body === undefined) return;
      if (waiting.length < body) {
        if (!isShort(bytes)) return;
        lose(SHORT);
        continue;
      }
      const text = decoder.decode(take(waiting, body));
      body = undefined;
      message(text);
    }
  };
};

const encoder = new TextEncoder();

/** A message as a frame. */
export const framed = (message: unknown): string => {
  const text = JSON.stringify(message);
  return `Content-Length: ${encoder.encode(text).length}\r\n\r\n${text}`;
};
