/**
 * Who is told of which diagnostics. A file shows what every open program finds in it, so an edit of one file is told
 * for those that import it too: first the file that was edited, then the others, one at a time between requests.
 */
import type { Diagnostic as Shown } from 'vscode-languageserver-protocol';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Client } from './client.ts';
import { byFile, shown } from './diagnostics.ts';
import { groundFor } from './ground.ts';
import type { Host } from './host.ts';
import type { Document, Projects } from './projects.ts';

type Tell = (uri: string, version: number | undefined, diagnostics: readonly Shown[]) => void;

export type Publisher = {
  /** A file has another text, or is open. */
  readonly changed: (uri: string) => void;
  readonly closed: (document: Document) => void;
  /** Files of the disk have changed. */
  readonly allChanged: () => void;
};

const isSame = (a: readonly Shown[], b: readonly Shown[]): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b);

type Found = ReadonlyMap<string, readonly Diagnostic[]>;

export const newPublisher = (
  projects: Projects,
  client: Client,
  host: Host,
  tell: Tell,
): Publisher => {
  /** What the program of each open file has found, by URI of that file, then by path. */
  const programs = new Map<string, { readonly root: string; readonly found: Found }>();
  const told = new Map<string, readonly Shown[]>();
  let queue: string[] = [];
  let cancel: (() => void) | undefined;

  const publish = (document: Document, path: string, always: boolean): void => {
    const { root } = document;
    const ground = groundFor(document, projects, client, host);
    const lists = [...programs.values()].flatMap((program) =>
      program.root === root ? [program.found.get(path) ?? []] : [],
    );
    // what one program has found is in order
    const all = lists.length === 1 ? lists[0]! : (byFile(lists.flat()).get(path) ?? []);
    const uri = ground.uriOf(path);
    const diagnostics = all.flatMap((d) => shown(ground, d) ?? []);
    if (!always && isSame(told.get(uri) ?? [], diagnostics)) return;
    told.set(uri, diagnostics);
    const open = projects.document(uri);
    tell(uri, open?.version, diagnostics);
  };

  const check = (document: Document): void => {
    const before = programs.get(document.uri)?.found ?? new Map();
    const found = byFile(projects.view(document).found);
    programs.set(document.uri, { root: document.root, found });
    for (const path of new Set([document.path, ...before.keys(), ...found.keys()]))
      publish(document, path, path === document.path);
  };

  const next = (): void => {
    cancel = undefined;
    const uri = queue.shift();
    const document = uri === undefined ? undefined : projects.document(uri);
    if (document !== undefined) check(document);
    if (queue.length > 0) cancel = host.later(next);
  };

  const wanted = (uris: readonly string[]): void => {
    queue = [...new Set([...uris, ...queue])];
    cancel?.();
    cancel = host.later(next);
  };

  return {
    changed: (uri) => {
      const document = projects.document(uri);
      // a program may read a file that it could not read before, so all are asked
      const beside = projects.documents().filter((other) => other.root === document?.root);
      wanted([uri, ...beside.map((other) => other.uri)]);
    },
    closed: (document) => {
      const before = programs.get(document.uri)?.found ?? new Map();
      programs.delete(document.uri);
      for (const path of new Set([document.path, ...before.keys()])) publish(document, path, false);
      const beside = projects.documents().filter((other) => other.root === document.root);
      if (beside.length > 0) wanted(beside.map((other) => other.uri));
    },
    allChanged: () => wanted(projects.documents().map(({ uri }) => uri)),
  };
};
