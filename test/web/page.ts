/** A page of a browser with the worker of the extension: the bundle, in a world that has nothing of Node. */
import { createContext, runInContext } from 'node:vm';
import type { Told } from '../../src/web/worker.ts';

type Message = { readonly id?: number; readonly method?: string; readonly [field: string]: any };

export type Page = {
  /** sends what is not LSP */
  readonly tell: (told: Told) => void;
  readonly notify: (method: string, params: object) => void;
  readonly request: (method: string, params: object) => Promise<Message>;
  /** the next message that fits, also of those that have come */
  readonly next: (fits: (message: Message) => boolean) => Promise<Message>;
  readonly isClosed: () => boolean;
};

/** The worker, as a page sees it. */
type Worker = {
  readonly post: (data: unknown) => void;
  readonly isClosed: () => boolean;
};

/** Starts the worker in a world of its own. */
export const startWorker = (code: string, hear: (message: Message) => void): Worker => {
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  let closed = false;
  const self = {
    postMessage: hear,
    addEventListener: (_: string, listener: (event: { readonly data: unknown }) => void) =>
      void listeners.push(listener),
    close: () => {
      closed = true;
    },
  };
  const world = { self, TextEncoder, TextDecoder, setTimeout, clearTimeout, console };
  runInContext(code, createContext(world));
  return {
    post: (data) => listeners.forEach((listener) => listener({ data })),
    isClosed: () => closed,
  };
};

/** A page that has started the worker. */
export const openPage = (code: string): Page => {
  const came: Message[] = [];
  const waiting = new Set<() => void>();
  let id = 0;
  const { post, isClosed } = startWorker(code, (message) => {
    came.push(message);
    waiting.forEach((look) => look());
  });
  const next: Page['next'] = (fits) =>
    new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error('no such message')), 10_000);
      const look = (): void => {
        const at = came.findIndex(fits);
        if (at < 0) return;
        clearTimeout(timer);
        waiting.delete(look);
        done(came.splice(at, 1)[0]!);
      };
      waiting.add(look);
      look();
    });
  return {
    tell: post,
    notify: (method, params) => post({ jsonrpc: '2.0', method, params }),
    request: (method, params) => {
      const own = ++id;
      post({ jsonrpc: '2.0', id: own, method, params });
      return next((message) => message.id === own && message.method === undefined);
    },
    next,
    isClosed,
  };
};
