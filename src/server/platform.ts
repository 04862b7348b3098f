/**
 * What `vscode-jsonrpc` needs of a platform when it is given a reader and a writer: timers. The platforms of its own
 * load sockets, files and cryptography besides, which every start of the server would wait for.
 */
import { RAL, type Disposable } from 'vscode-jsonrpc';
import { Bug } from '../diagnostic/bug.ts';

const unused = (): never => {
  throw new Bug('messages are read and written by `frames.ts`');
};

/** Where there is no `setImmediate`, a timer comes as soon. */
const soon = (work: () => void): Disposable => {
  if (typeof setImmediate === 'undefined') return after(work, 0);
  const turn = setImmediate(work);
  return { dispose: () => clearImmediate(turn) };
};

const after = (work: () => void, ms: number): Disposable => {
  const timer = setTimeout(work, ms);
  return { dispose: () => clearTimeout(timer) };
};

/** Gives the library its platform; more than once is as good as once. */
export const installPlatform = (log: (message: string) => void): void =>
  RAL.install({
    crypto: { randomUUID: unused },
    applicationJson: {
      encoder: { name: 'application/json', encode: unused },
      decoder: { name: 'application/json', decode: unused },
    },
    messageBuffer: { create: unused },
    console: { info: log, log, warn: log, error: log },
    timer: { setTimeout: after, setImmediate: soon, setInterval: unused },
  });
