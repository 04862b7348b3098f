/** An editor for tests: starts the server as editors do, and speaks with it through its stdin and stdout. */
import { spawn } from 'node:child_process';
import { framed, frames } from '../../src/server/frames.ts';

type Message = {
  readonly id?: number | string | null;
  readonly method?: string;
  // what is in messages is what tests are about
  readonly params?: any;
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
};

export type Editor = {
  readonly request: (method: string, params?: object) => Promise<Message>;
  readonly notify: (method: string, params?: object) => void;
  /** bytes as they are */
  readonly raw: (bytes: string | Uint8Array) => void;
  /** messages in one piece */
  readonly together: (messages: readonly unknown[]) => void;
  /** all that the server has said */
  readonly heard: readonly Message[];
  /** the first message that fits and was not given before */
  readonly next: (fits: (message: Message) => boolean) => Promise<Message>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** ends what the server reads */
  readonly hangUp: () => void;
  readonly pid: number;
};

/** Starts a server. Its requests are answered with null. */
export const startEditor = (program: string, cwd: string): Editor => {
  const server = spawn(process.execPath, [program, 'lsp', '--stdio'], { cwd });
  const heard: Message[] = [];
  const waiting: { fits: (m: Message) => boolean; done: (m: Message) => void }[] = [];
  const taken = new Set<Message>();
  let id = 0;
  let stderr = '';
  const frame = (message: unknown): void => void server.stdin.write(framed(message));
  server.stdin.on('error', () => {}); // it may be gone
  server.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  server.stdout.on(
    'data',
    frames({
      message: (text) => {
        const message: Message = JSON.parse(text);
        heard.push(message);
        if (message.method !== undefined && message.id !== undefined)
          frame({ jsonrpc: '2.0', id: message.id, result: null });
        const first = waiting.findIndex(({ fits }) => fits(message));
        if (first >= 0) waiting.splice(first, 1)[0]!.done(message);
      },
      broken: (why) => heard.push({ error: { code: 0, message: why } }),
    }),
  );
  const ended = new Promise<{ code: number | null; stderr: string }>((done) =>
    server.on('close', (code) => done({ code, stderr })),
  );
  const until = (fits: (m: Message) => boolean): Promise<Message> =>
    new Promise((done) => waiting.push({ fits, done }));
  return {
    pid: server.pid ?? 0,
    request: (method, params) => {
      const own = ++id;
      const answer = until((m) => m.id === own && m.method === undefined);
      frame({ jsonrpc: '2.0', id: own, method, params });
      return answer;
    },
    notify: (method, params) => frame({ jsonrpc: '2.0', method, params }),
    raw: (bytes) => void server.stdin.write(bytes),
    together: (messages) => void server.stdin.write(messages.map(framed).join('')),
    heard,
    next: async (fits) => {
      const isNew = (m: Message): boolean => !taken.has(m) && fits(m);
      const found = heard.find(isNew) ?? (await until(isNew));
      taken.add(found);
      return found;
    },
    ended,
    hangUp: () => void server.stdin.end(),
  };
};
