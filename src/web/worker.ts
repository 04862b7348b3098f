/**
 * The language server as a web worker. The page speaks LSP with it, a message an object, and says by messages of its own
 * which programs there are: all of them first, and later each that changes.
 */
import { connect } from '../server/connection.ts';
import { framed } from '../server/frames.ts';
import { serve } from '../server/server.ts';
import { hostOf, plain, type Package, type Texts } from './host.ts';

/** A message of the page that is not LSP: texts of programs by their addresses, `null` for one that is gone. */
export type Told = {
  readonly netc: {
    readonly texts: { readonly [uri: string]: string | null };
    /** false where the page has more programs than it has sent */
    readonly areAll?: boolean;
    /** the address of the folder that has netc's own files, with a `/` at its end */
    readonly home?: string;
  };
};

/** The worker as it sees itself. */
export type Scope = {
  readonly postMessage: (message: unknown) => void;
  readonly addEventListener: (
    type: 'message',
    listener: (event: { readonly data: unknown }) => void,
  ) => void;
  readonly close: () => void;
};

const isTold = (data: unknown): data is Told =>
  typeof data === 'object' && data !== null && 'netc' in data;

/** The object in a frame. */
const unframed = (frame: string): unknown => JSON.parse(frame.slice(frame.indexOf('\r\n\r\n') + 4));

/** Serves the page until it says `exit`. */
export const serveFromWorker = (
  scope: Scope,
  { version, pages }: Pick<Package, 'version' | 'pages'>,
  log: (message: string) => void,
): void => {
  const texts: Texts = new Map();
  let home = '';
  let areAll = true;
  const { connection, feed } = connect({
    send: (frame) => scope.postMessage(unframed(frame)),
    log,
  });
  const encoder = new TextEncoder();
  scope.addEventListener('message', ({ data }) => {
    if (!isTold(data)) return feed(encoder.encode(framed(data)));
    home = data.netc.home ?? home;
    areAll = data.netc.areAll ?? areAll;
    for (const [uri, text] of Object.entries(data.netc.texts))
      if (text === null) texts.delete(plain(uri));
      else texts.set(plain(uri), { uri, text });
  });
  const own: Package = { version, pages, home: () => home };
  const host = hostOf({ texts, areAll: () => areAll }, own, { exit: scope.close, log });
  serve(connection, host);
};
