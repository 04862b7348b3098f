/** `netc lsp --stdio`: a language server that speaks through stdin and stdout. */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { connect } from '../../server/connection.ts';
import type { Host, Sources } from '../../server/host.ts';
import { serve } from '../../server/server.ts';
import { exit, type Exit } from '../host/exit.ts';
import { inHome, version } from '../host/home.ts';
import type { Io } from '../host/io.ts';
import { diskFiles, fileOf, locate, real } from '../program/disk.ts';

type LspOptions = { readonly stdio: boolean };

/** The path of a URI of the disk. */
const pathOf = (uri: string): string | undefined => {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
};

const isInside = (folder: string, path: string): boolean => {
  const inside = relative(folder, path);
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
};

/** The innermost folder of the editor that a file lies in, as if netc had been started there; else its own folder. */
const locateIn: Host['locate'] = (folders, uri) => {
  const path = pathOf(uri);
  if (path === undefined) return undefined;
  const there = `${real(dirname(path))}${sep}${basename(path)}`;
  const around = folders
    .flatMap((folder) => pathOf(folder) ?? [])
    .filter((folder) => isInside(real(folder), there))
    .sort((a, b) => b.length - a.length);
  const { root, entry } = locate(around[0] ?? dirname(path), path);
  return { root, path: entry };
};

const MOST_SOURCES = 1000;
const DEEPEST = 12;

/** The programs below a folder, those of others left out; not all of a very large one. */
const sourcesBelow = (root: string): Sources => {
  const found: string[] = [];
  let areAll = true;
  const visit = (folder: string, depth: number): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!areAll) return;
      if (entry.isFile() && entry.name.endsWith('.net')) {
        areAll = found.length < MOST_SOURCES;
        if (areAll) found.push(path);
      }
      const isOurs = entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name);
      if (isOurs && depth < DEEPEST) visit(path, depth + 1);
    }
  };
  visit('', 0);
  return { paths: found, areAll };
};

const entriesOf = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it may be gone
  }
};

/** Addresses are made of the same few paths again and again, for every diagnostic. */
const addresses = (): ((path: string) => string) => {
  const made = new Map<string, string>();
  return (path) => {
    const address = made.get(path) ?? pathToFileURL(path).href;
    made.set(path, address);
    return address;
  };
};

const addressOf = addresses();

const hostOf = (io: Io, ended: (code: number) => void): Host => ({
  version: version(),
  locate: locateIn,
  files: diskFiles,
  sources: sourcesBelow,
  uriOf: ({ root, path }) => addressOf(fileOf(root, path)),
  page: (path) => readFileSync(inHome(path), 'utf8'),
  pageUri: (path) => addressOf(inHome(path)),
  later: (work) => {
    // messages are handled one by one, each in a turn of the loop; so many edits at once are all there by then
    let turn = setImmediate(() => (turn = setImmediate(work)));
    return () => clearImmediate(turn);
  },
  // `performance` would load a module of Node that is not needed otherwise
  now: () => Number(process.hrtime.bigint()) / 1e6,
  exit: ended,
  log: (message) => io.err(`${message}\n`),
});

/** Ends when the client says `exit`, or is gone. */
export const lsp = async ({ stdio }: LspOptions, io: Io): Promise<Exit> => {
  if (!stdio) {
    io.err('error: editors start `netc lsp --stdio`; the server speaks through stdin and stdout\n');
    return exit.usage;
  }
  return new Promise((done) => {
    const ended = (code: number): void => {
      process.stdin.pause();
      done(code === 0 ? exit.fine : exit.faulty);
    };
    const {
      connection,
      feed,
      ended: gone,
    } = connect({
      send: io.out,
      log: (message) => io.err(`${message}\n`),
    });
    serve(connection, hostOf(io, ended));
    process.stdin.on('data', feed);
    process.stdin.on('error', gone);
    process.stdin.on('end', gone);
  });
};
