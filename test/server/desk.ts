/** The server without a connection: files in memory, and features that are asked directly. */
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { clientOf, type Client } from '../../src/server/client.ts';
import type { Session } from '../../src/server/feature.ts';
import { features } from '../../src/server/features.ts';
import type { Host } from '../../src/server/host.ts';
import { newProjects } from '../../src/server/projects.ts';
import { offsetAt, textOf, type Text } from '../../src/server/text.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import { inMemory, type Texts } from '../typecheck/program.ts';

const home = join(import.meta.dirname, '..', '..');
const root = 'mem:///';

export const uriOf = (path: string): string => root + path;
export const pathOf = (uri: string): string => uri.slice(root.length);

/** The passes that netc ships are read from the disk. */
const withPasses = (files: Files): Files => ({
  read: (path) => {
    const own = path.startsWith('netc:') ? join(home, path.slice(5)) : undefined;
    return own !== undefined && statSync(own, { throwIfNoEntry: false })?.isFile() === true
      ? E.right({ path, text: readFileSync(own, 'utf8') })
      : files.read(path);
  },
  resolve: (from, written) =>
    written.startsWith('netc:') ? E.right(written) : files.resolve(from, written),
  shipped: new Map([['fc_to_conv', 'netc:passes/fc-to-conv.net']]),
});

export const hostFor = (files: Texts): Host => ({
  version: '0',
  locate: (_folders, uri) => (uri.startsWith(root) ? { root, path: pathOf(uri) } : undefined),
  files: () => withPasses(inMemory(files)),
  sources: () => ({ paths: [...files.keys()], areAll: true }),
  uriOf: ({ path }) => uriOf(path),
  page: (path) => readFileSync(join(home, path), 'utf8'),
  pageUri: (path) => `page:${path}`,
  later: (work) => {
    const timer = setTimeout(work, 0);
    return () => clearTimeout(timer);
  },
  now: () => 0,
  exit: () => {},
  log: (message) => {
    throw new Error(message);
  },
});

/** What a client of today can do. */
export const able = {
  capabilities: {
    general: { positionEncodings: ['utf-16'] },
    textDocument: {
      completion: { completionItem: { snippetSupport: true, labelDetailsSupport: true } },
      documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      codeAction: { codeActionLiteralSupport: {} },
      publishDiagnostics: {
        relatedInformation: true,
        codeDescriptionSupport: true,
        tagSupport: { valueSet: [1] },
      },
      diagnostic: { relatedDocumentSupport: true },
      semanticTokens: { requests: { full: { delta: true } } },
    },
    workspace: { workspaceEdit: { documentChanges: true } },
  },
  initializationOptions: {
    commands: ['netc.run', 'netc.train', 'netc.diagram', 'netc.summary'],
  },
};

export type Desk = {
  readonly session: Session;
  readonly ask: (method: string, params: object) => any;
  readonly text: (path: string) => Text;
};

/** Files of which those in `open` are open in the editor. */
export const deskFor = (
  files: Texts,
  open: readonly string[] = [...files.keys()],
  params: object = able,
): Desk => {
  const client: Client = clientOf(params);
  const host = hostFor(files);
  const projects = newProjects(host, client.encoding, []);
  open.forEach((path) => projects.open(uriOf(path), 1, files.get(path) ?? ''));
  const session: Session = { client, host, projects };
  return {
    session,
    ask: (method, asked) => {
      const feature = features.find((f) => f.method === method);
      if (feature === undefined) throw new Error(`no feature answers ${method}`);
      const answer = feature.answer(session, asked);
      if (E.isLeft(answer)) throw new Error(answer.left.message);
      return answer.right;
    },
    text: (path) => textOf(files.get(path) ?? '', client.encoding),
  };
};

type Edit = { readonly range: any; readonly newText: string };

/** A text with edits made, whose places are those of the text before. */
export const edited = (text: Text, edits: readonly Edit[]): string => {
  const sorted = edits
    .map((edit, i) => ({
      start: offsetAt(text, edit.range.start),
      end: offsetAt(text, edit.range.end),
      newText: edit.newText,
      i,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.i - b.i);
  let made = '';
  let at = 0;
  for (const { start, end, newText } of sorted) {
    if (start < at) throw new Error('edits overlap');
    made += text.text.slice(at, start) + newText;
    at = end;
  }
  return made + text.text.slice(at);
};

/** The texts of files after an edit of the workspace. */
export const editedFiles = (files: Texts, edit: any): Texts => {
  const made = new Map(files);
  const changes: [string, readonly Edit[]][] = [
    ...Object.entries<readonly Edit[]>(edit.changes ?? {}),
    ...(edit.documentChanges ?? []).map((c: any) => [c.textDocument.uri, c.edits]),
  ];
  for (const [uri, edits] of changes) {
    const path = pathOf(uri);
    made.set(path, edited(textOf(files.get(path) ?? '', 'utf-16'), edits));
  }
  return made;
};
