/**
 * A connection over bytes. Requests wait in the order in which they came; one that is cancelled while it waits is
 * answered at once, and every request is answered once.
 */
import {
  createMessageConnection,
  Emitter,
  ErrorCodes,
  type DataCallback,
  type Message,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
  type NotificationMessage,
} from 'vscode-jsonrpc';
import { framed, frames } from './frames.ts';
import { admit, isObject, refusal, type Id } from './messages.ts';
import { installPlatform } from './platform.ts';

/** Where bytes go, and what is said of them. */
type Wire = {
  readonly send: (frame: string) => void;
  readonly log: (message: string) => void;
};

export type Connected = {
  readonly connection: MessageConnection;
  readonly feed: (bytes: Uint8Array) => void;
  /** No bytes will come: as if `exit` were said after what has come. */
  readonly ended: () => void;
};

/** LSP's code for a request that its client does not want any more. */
const REQUEST_CANCELLED = -32800;

const exit: NotificationMessage = { jsonrpc: '2.0', method: 'exit' };

/** Answers have an id and no method. */
const answered = (message: Message): Id | undefined => {
  const fields: unknown = message;
  if (!isObject(fields) || 'method' in fields) return undefined;
  const { id } = fields;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
};

/** Waits for bytes. */
export const connect = ({ send, log }: Wire): Connected => {
  installPlatform(log);
  const closed = new Emitter<void>();
  const failed = new Emitter<Error>();
  const unwritten = new Emitter<[Error, Message | undefined, number | undefined]>();
  const partial = new Emitter<{ messageToken: number; waitingTime: number }>();
  const waiting = new Set<string>();
  let receive: DataCallback = () => {};
  const reader: MessageReader = {
    onError: failed.event,
    onClose: closed.event,
    onPartialMessage: partial.event,
    listen: (callback) => {
      receive = callback;
      return { dispose: () => {} };
    },
    dispose: () => {},
  };
  const write = (message: unknown): void => send(framed(message));
  const writer: MessageWriter = {
    onError: unwritten.event,
    onClose: closed.event,
    write: async (message) => {
      const id = answered(message);
      if (id !== undefined) waiting.delete(String(id));
      write(message);
    },
    end: () => {},
    dispose: () => {},
  };
  const feed = frames({
    message: (text) => {
      const admitted = admit(text, (id) => waiting.has(String(id)));
      if (admitted.tag === 'refused') write(admitted.reply);
      if (admitted.tag !== 'message') return;
      if (admitted.request !== undefined) waiting.add(String(admitted.request));
      receive(admitted.message);
    },
    broken: (why) => {
      write(refusal(null, ErrorCodes.ParseError, `a frame cannot be read: ${why}`));
      log(`the client sent a frame that cannot be read: ${why}`);
    },
  });
  const logger = { error: log, warn: log, info: log, log };
  const connection = createMessageConnection(reader, writer, logger, {
    connectionStrategy: {
      // the library says whose answer it is
      cancelUndispatched: () => refusal(null, REQUEST_CANCELLED, 'the request was cancelled'),
    },
  });
  const ended = (): void => receive(exit);
  return { connection, feed, ended };
};
