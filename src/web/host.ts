/** What the server is handed in a browser: texts that the editor has sent, since nothing can be read while one waits. */
import { Bug } from '../diagnostic/bug.ts';
import { isShipped, shippedFile } from '../rewrite/shipped.ts';
import type { Host } from '../server/host.ts';
import type { Files } from '../typecheck/program/modules.ts';
import { filesOf } from './files.ts';

/** The programs that the editor has, by their addresses; of each the address as the editor writes it, and the text. */
export type Texts = Map<string, { readonly uri: string; readonly text: string }>;

/** What the editor has sent: the first of very many programs, or all of them. */
export type Sent = { readonly texts: Texts; readonly areAll: () => boolean };

/** Files of netc's own, by their paths from the root of the package, and the folder where an editor finds them. */
export type Package = {
  readonly version: string;
  readonly pages: { readonly [path: string]: string };
  readonly home: () => string;
};

/** Editors write addresses in different ways: `:` or `%3A`. */
export const plain = (uri: string): string => {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
};

/** Messages come one by one: those that come faster than this, in milliseconds, are handled first. */
const SETTLING = 2;

const folderOf = (address: string): string => address.slice(0, address.lastIndexOf('/'));

/** The innermost folder of the editor around a file; else the folder that the file lies in. */
const locate: Host['locate'] = (folders, uri) => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return undefined;
  const address = plain(uri);
  const around = folders
    .map((folder) => plain(folder).replace(/\/$/, ''))
    .filter((folder) => address.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
  const root = around[0] ?? folderOf(address);
  return { root, path: address.slice(root.length + 1) };
};

/** A host for these texts, which may change. */
export const hostOf = (
  { texts, areAll }: Sent,
  { version, pages, home }: Package,
  { exit, log }: Pick<Host, 'exit' | 'log'>,
): Host => {
  const pageAt = (path: string): string => {
    const page = pages[path];
    if (page === undefined) throw new Bug(`\`${path}\` is not among the pages`);
    return page;
  };
  const filesIn = (root: string): Files =>
    filesOf((path) => texts.get(`${root}/${path}`)?.text, pages);
  return {
    version,
    locate,
    files: filesIn,
    sources: (root) => ({
      paths: [...texts.keys()]
        .filter((address) => address.startsWith(`${root}/`))
        .map((address) => address.slice(root.length + 1)),
      areAll: areAll(),
    }),
    uriOf: ({ root, path }) =>
      isShipped(path)
        ? `${home()}passes/${shippedFile(path)}`
        : (texts.get(`${root}/${path}`)?.uri ?? encodeURI(`${root}/${path}`)),
    page: pageAt,
    pageUri: (path) => home() + path,
    later: (work) => {
      const timer = setTimeout(work, SETTLING);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    exit,
    log,
  };
};
