/** Frames in pieces of any size, and frames that are none. */
import { expect, it } from 'vitest';
import { framed, frames, MOST_BYTES } from '../../src/server/frames.ts';

const read = (pieces: readonly Uint8Array[]): { messages: string[]; broken: string[] } => {
  const messages: string[] = [];
  const broken: string[] = [];
  const feed = frames({
    message: (text) => messages.push(text),
    broken: (why) => broken.push(why),
  });
  pieces.forEach(feed);
  return { messages, broken };
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it.each([1, 2, 3, 7, 1000])('are read in pieces of %d bytes', (size) => {
  const sent = [{ a: 'é😀' }, {}, { b: 'x'.repeat(300) }];
  const all = bytes(sent.map(framed).join(''));
  const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
  expect(read(pieces)).toEqual({ messages: sent.map((m) => JSON.stringify(m)), broken: [] });
});

it.each([
  'content-length:2\r\n\r\n{}',
  'Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}',
  'Content-Length: 2\n\n{}',
])('may be written %j', (text) => {
  expect(read([bytes(text)]).messages).toEqual(['{}']);
});

it.each([
  'Content-Length: -5\r\n\r\n',
  'Content-Length: 1000000000000\r\n\r\n',
  'Content-Length: 9999999999999999999999\r\n\r\n',
  `Content-Length: ${MOST_BYTES + 1}\r\n\r\n`,
  'Content-Length: many\r\n\r\n',
  'Content-Length: 1e3\r\n\r\n',
  'Content-Length: 2\r\nContent-Type text\r\n\r\n{}',
  'Content-Type: text\r\n\r\n{}',
  'GET / HTTP/1.1\r\n\r\n',
  '\r\n\r\n',
  'a word',
  'a line\r\n',
  'x'.repeat(10_000),
  // longer than what follows
  'Content-Length: 5000\r\n\r\n{}',
])('are read on behind %j', (text) => {
  const sent = [{ a: 'é😀' }, { b: 'Content-Length: 7\r\n\r\n' }];
  const all = bytes(text + sent.map(framed).join(''));
  const found = { messages: sent.map((m) => JSON.stringify(m)), broken: [expect.any(String)] };
  expect(read([all])).toEqual(found);
  expect(read([bytes(text), bytes(sent.map(framed).join(''))])).toEqual(found);
});

it('are read on behind a message that is longer than its length', () => {
  const all = bytes(`Content-Length: 2\r\n\r\n{}{}${framed({ a: 1 })}`);
  expect(read([all])).toEqual({ messages: ['{}', '{"a":1}'], broken: [expect.any(String)] });
});

it('wait for what may still come', () => {
  expect(read([bytes('Content-Length: 5\r\n\r\n{}')])).toEqual({ messages: [], broken: [] });
});
