/**
 * The frames of the base protocol: `Content-Length: N`, an empty line, and N bytes. A frame that cannot be read ends
 * the conversation, because nobody knows where the next one begins; nothing waits for bytes that never come.
 */

/** The longest message in bytes, and the longest header (SAFETY.md). */
export const MOST_BYTES = 64 * 2 ** 20;
const MOST_HEADER = 4096;

/** What was found in the bytes so far. */
type Framed = {
  readonly message: (text: string) => void;
  /** why nothing more is read; said once */
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

/** Reads frames from bytes as they come. */
export const frames = ({ message, broken }: Framed): ((bytes: Uint8Array) => void) => {
  const decoder = new TextDecoder('utf-8');
  const waiting: Waiting = { pieces: [], length: 0 };
  let body: number | undefined; // the length of the message under way
  let isBroken = false;
  const fail = (why: string): void => {
    isBroken = true;
    waiting.pieces.length = 0;
    broken(why);
  };
  return (bytes) => {
    if (isBroken || bytes.length === 0) return;
    waiting.pieces.push(bytes);
    waiting.length += bytes.length;
    while (!isBroken) {
      if (body === undefined) {
        const end = endOfHeader(waiting);
        if (end === undefined) {
          if (waiting.length > MOST_HEADER) fail('a header is too long');
          return;
        }
        const length = lengthIn(decoder.decode(take(waiting, end)));
        if (typeof length === 'string') return fail(length);
        body = length;
      }
      if (waiting.length < body) return;
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
