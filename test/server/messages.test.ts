/** Random conversations: whatever a client says, every request is answered once, and nobody crashes. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { connect } from '../../src/server/connection.ts';
import { features } from '../../src/server/features.ts';
import { framed, frames } from '../../src/server/frames.ts';
import { serve } from '../../src/server/server.ts';
import type { Host } from '../../src/server/host.ts';
import { hostFor, uriOf } from './desk.ts';
import { neovim, vscode } from './clients.ts';

const count = process.env['NETC_DEEP'] === undefined ? 20_000 : 500_000;
const seed = 20_261_130;

type Said = {
  readonly id?: number | null | undefined;
  readonly method?: string | undefined;
  readonly error?: { code: number } | undefined;
};

/** A server in this process, with all that it says. */
const listening = (
  more: Partial<Host> = {},
): {
  say: (text: string) => void;
  heard: Said[];
  logged: string[];
  exits: number[];
  answered: { readonly count: number };
} => {
  const heard: Said[] = [];
  const logged: string[] = [];
  const exits: number[] = [];
  const answered = { count: 0 };
  const read = frames({
    // results are left out: half a million of them would not fit
    message: (text) => {
      const { id, method, error }: Said = JSON.parse(text);
      heard.push({ id, method, error });
      if (method === undefined && typeof id === 'number') answered.count++;
    },
    broken: (why) => logged.push(why),
  });
  const { connection, feed } = connect({
    send: (frame) => read(Buffer.from(frame)),
    log: (message) => logged.push(message),
  });
  const files = new Map([
    ['lib.net', 'def unit(c) = conv3-c; relu\n'],
    [
      'main.net',
      'import "lib.net"\nnet N : [8, 8, 3] -> [2] { unit-4 as a; 2x unit-4; @a + id; gap; fc-2 }\n',
    ],
  ]);
  let now = 0;
  serve(connection, {
    ...hostFor(files),
    now: () => (now += 5), // some turns of a check end before it does
    ...more,
    log: (message) => logged.push(message),
    exit: (code) => exits.push(code),
  });
  return { say: (text) => feed(Buffer.from(text)), heard, logged, exits, answered };
};

const uris = ['main.net', 'lib.net', 'other.net'].map(uriOf);
const small = fc.nat(3);
const position = fc.oneof(
  { weight: 30, arbitrary: fc.record({ line: fc.nat(1), character: fc.nat(70) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({ line: -1, character: 0 }, null, 'x', { line: 1e9 }),
  },
);
const range = fc.record({ start: position, end: position });
const uri = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...uris.slice(0, 2)) },
  { weight: 1, arbitrary: fc.constantFrom(...uris.slice(2), 'nowhere:x', 7) },
);
const text = fc.constantFrom(
  ...[
    'relu; ',
    'conv3-8',
    '}',
    '{',
    '(',
    '\n',
    '😀',
    '"',
    '@a',
    '',
    ' | ',
    'net M : [h, w, 3] -> _ = unit-4\n',
  ],
);
const params = fc.record({
  textDocument: fc.record({ uri, version: small }),
  position,
  range,
  positions: fc.array(position, { maxLength: 2 }),
  context: fc.constant({ diagnostics: [] }),
  newName: fc.constantFrom('x', 'other', 'relu', '7', 'net'),
  ch: fc.constantFrom('}', '\n'),
  query: text,
  net: fc.constantFrom('N', 'M', undefined),
  previousResultId: fc.constant('1'),
  data: fc.constantFrom({ uri: uris[0], net: 'N' }, {}),
  item: fc.constant({ data: { path: 'main.net', start: 21, asked: uris[0] } }),
});
const method = fc.constantFrom(
  ...features.map((feature) => feature.method),
  ...['nothing', 'initialize', 'workspace/executeCommand', ''],
);
const notification = fc.oneof(
  fc.record({
    method: fc.constant('textDocument/didChange'),
    params: fc.record({
      textDocument: fc.record({ uri: fc.constantFrom(...uris), version: small }),
      contentChanges: fc.array(
        fc.oneof(
          fc.record({ range, text }),
          fc.record({ text: fc.constantFrom('', 'net N : [8, 8, 3] -> _ { relu }\n') }),
        ),
        { maxLength: 3 },
      ),
    }),
  }),
  fc.record({
    method: fc.constantFrom(
      ...['textDocument/didOpen', 'textDocument/didOpen', 'textDocument/didOpen'],
      'textDocument/didClose',
      'workspace/didChangeWatchedFiles',
      '$/setTrace',
      'nothing',
    ),
    params: fc.record({
      textDocument: fc.record({
        uri,
        version: small,
        text: fc.oneof(text, fc.constant('net N : [8, 8, 3] -> [4] { conv3-4; gap }\n')),
      }),
    }),
  }),
);

type Step =
  | { readonly tag: 'request'; readonly method: string; readonly params: unknown }
  | { readonly tag: 'notify'; readonly message: object }
  | { readonly tag: 'cancel'; readonly back: number }
  | { readonly tag: 'junk'; readonly text: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      tag: fc.constant('request' as const),
      method,
      params: fc.oneof(
        { weight: 20, arbitrary: params },
        { weight: 1, arbitrary: fc.constantFrom(null, [], {}) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ tag: fc.constant('notify' as const), message: notification }),
  },
  { weight: 2, arbitrary: fc.record({ tag: fc.constant('cancel' as const), back: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      tag: fc.constant('junk' as const),
      text: fc.constantFrom(
        '{',
        '[]',
        '7',
        '{"jsonrpc":"2.0"}',
        'null',
        '{"jsonrpc":"2.0","id":"x"}',
      ),
    }),
  },
);

const settled = async (isDone: () => boolean): Promise<void> => {
  for (let i = 0; i < 2_000_000 && !isDone(); i++) await new Promise((done) => setImmediate(done));
};

it.each([
  ['VS Code', vscode],
  ['Neovim', neovim],
])('answers every request of %s once', async (name, client) => {
  const server = listening();
  const steps = fc.sample(step, { numRuns: count / 2, seed: seed + name.length });
  let id = 0;
  const say = (message: object): void => server.say(framed({ jsonrpc: '2.0', ...message }));
  say({ id: ++id, method: 'initialize', params: client });
  say({ method: 'initialized', params: {} });
  for (const u of uris.slice(0, 2))
    say({
      method: 'textDocument/didOpen',
      params: {
        textDocument: {
          uri: u,
          version: 1,
          text: 'import "lib.net"\nnet N : [8, 8, 3] -> _ { relu }\n',
        },
      },
    });
  let junk = 0;
  for (const [i, s] of steps.entries()) {
    if (s.tag === 'request') say({ id: ++id, method: s.method, params: s.params });
    else if (s.tag === 'notify') say(s.message);
    else if (s.tag === 'cancel') say({ method: '$/cancelRequest', params: { id: id - s.back } });
    else {
      junk++;
      server.say(`Content-Length: ${s.text.length}\r\n\r\n${s.text}`);
    }
    // some come together, as from a pipe that was full
    if (i % 7 === 0) await settled(() => true);
  }
  say({ id: ++id, method: 'shutdown' });
  const answers = (): Said[] =>
    server.heard.filter((m) => m.method === undefined && typeof m.id === 'number');
  await settled(() => server.answered.count >= id);
  say({ method: 'exit' });
  await settled(() => server.exits.length > 0);
  const ids = answers().map((m) => m.id);
  expect([ids.length, new Set(ids).size]).toEqual([id, id]);
  expect(server.heard.filter((m) => m.error?.code === -32603)).toEqual([]);
  expect(
    server.heard.filter((m) => m.method === undefined && typeof m.id !== 'number'),
  ).toHaveLength(junk);
  expect(server.logged).toEqual([]);
  expect(server.exits).toEqual([0]);
});

it('answers a bug of its own as one, reports it once, and goes on', async () => {
  const server = listening({
    sources: () => {
      throw new Error('planted');
    },
  });
  const say = (message: object): void => server.say(framed({ jsonrpc: '2.0', ...message }));
  say({ id: 1, method: 'initialize', params: neovim });
  const text = 'rewrite a { }\nnet N : [8, 8, 3] -> _ { block relu }\n';
  say({
    method: 'textDocument/didOpen',
    params: { textDocument: { uri: uris[0], version: 1, text } },
  });
  say({ id: 2, method: 'textDocument/nothing', params: {} });
  const place = { textDocument: { uri: uris[0] }, position: { line: 1, character: 4 } };
  for (const id of [4, 5]) say({ id, method: 'textDocument/references', params: place });
  say({ id: 6, method: 'shutdown' });
  await settled(() => server.heard.some((m) => m.id === 6));
  const codes = server.heard.filter((m) => m.method === undefined).map((m) => m.error?.code);
  expect(codes).toEqual([undefined, -32601, -32603, -32603, undefined]);
  expect(server.heard.filter((m) => m.method === 'window/showMessage')).toHaveLength(1);
  expect(server.logged).toHaveLength(2);
});

it('says what bytes are no frame, and answers what was asked before and after them', async () => {
  const server = listening();
  const say = (message: object): string => framed({ jsonrpc: '2.0', ...message });
  const asked = [
    say({ id: 1, method: 'initialize', params: neovim }),
    say({ method: 'initialized', params: {} }),
    say({ id: 2, method: 'workspace/symbol', params: { query: '' } }),
  ];
  const after = say({ id: 3, method: 'shutdown' });
  server.say(`${asked.join('')}garbage\r\n\r\nmore of it${after}`);
  await vi.waitFor(() => expect(server.heard.some(({ id }) => id === 3)).toBe(true));
  const answers = server.heard.filter(({ method }) => method === undefined);
  expect(new Map(answers.map(({ id, error }) => [id, error?.code]))).toEqual(
    new Map([
      [null, -32700],
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]),
  );
  expect(server.logged).toEqual([
    'the client sent a frame that cannot be read: a header is `Name: value`',
  ]);
});
