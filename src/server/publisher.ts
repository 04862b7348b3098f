/**
 * Who is told of which diagnostics. A file shows what every open program finds in it, so an edit of one file is told
 * for those that import it too: first the file that was edited, then the others. A long check is done in turns, between
 * which requests are answered and edits come in; what is written anew is checked and told first.
 */
import type { Diagnostic as Shown } from 'vscode-languageserver-protocol';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Looking, View } from '../workspace/workspace.ts';
import type { Client } from './client.ts';
import { byFile, shown } from './diagnostics.ts';
import { placesFor } from './ground.ts';
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

const nothing: Found = new Map();

type Board = {
  /**
   * The program of a document has found this; `always`: the client waits for what is said of the document. Gives whether
   * something was said of that.
   */
  readonly show: (
    document: Document,
    found: readonly Diagnostic[],
    sources: View['sources'],
    always: boolean,
  ) => boolean;
  readonly forget: (document: Document) => void;
};

/** Milliseconds of the first turn of a check; each is twice as long as the one before, up to the longest. */
const TURN = { first: 12, longest: 100 };

/** What the client has been told, and what the programs have found. */
const newBoard = (projects: Projects, client: Client, host: Host, tell: Tell): Board => {
  /** What the program of each open file has found, by URI of that file, then by path. */
  const programs = new Map<string, { readonly root: string; readonly found: Found }>();
  const told = new Map<string, readonly Shown[]>();
  const publish = (
    document: Document,
    paths: Iterable<string>,
    sources: View['sources'],
    always: boolean,
  ): boolean => {
    let isTold = false;
    const places = placesFor(document, projects, client, host, (path) => sources.get(path));
    const here = [...programs.values()].filter(({ root }) => root === document.root);
    for (const path of new Set([document.path, ...paths])) {
      const lists = here.map(({ found }) => found.get(path) ?? []);
      // what one program has found is in order
      const all = lists.length === 1 ? lists[0]! : (byFile(lists.flat()).get(path) ?? []);
      const uri = places.uriOf(path);
      const diagnostics = all.flatMap((d) => shown(places, d) ?? []);
      const isNew = always && path === document.path;
      if (!isNew && isSame(told.get(uri) ?? [], diagnostics)) continue;
      told.set(uri, diagnostics);
      tell(uri, projects.document(uri)?.version, diagnostics);
      isTold ||= path === document.path;
    }
    return isTold;
  };

  const show: Board['show'] = (document, all, sources, always) => {
    const before = programs.get(document.uri)?.found ?? nothing;
    const found = byFile(all);
    programs.set(document.uri, { root: document.root, found });
    return publish(document, [...before.keys(), ...found.keys()], sources, always);
  };
  return {
    show,
    forget: (document) => {
      const before = programs.get(document.uri)?.found ?? nothing;
      programs.delete(document.uri);
      publish(document, before.keys(), projects.view(document).sources, false);
    },
  };
};

export const newPublisher = (
  projects: Projects,
  client: Client,
  host: Host,
  tell: Tell,
): Publisher => {
  const { show, forget } = newBoard(projects, client, host, tell);
  /** the files that are to be checked, and the one whose next turn is to come */
  let queue: string[] = [];
  let underWay: string | undefined;
  /** the files whose last check took longer than a turn: to stop after each declaration takes time too */
  const slow = new Map<string, boolean>();
  let cancel: (() => void) | undefined;

  /** Goes on with a check for a turn, and tells what has changed by then. At its end the client hears of it once at least. */
  const goOn = (document: Document, looking: Looking, turn: number, isTold: boolean): void => {
    underWay = undefined;
    const end = host.now() + turn;
    while (looking.goOn())
      if (host.now() > end) {
        const told = show(document, looking.soFar(), looking.sources, false) || isTold;
        const longer = Math.min(2 * turn, TURN.longest);
        underWay = document.uri;
        slow.set(document.uri, true);
        cancel = host.later(() => goOn(document, looking, longer, told));
        return;
      }
    const { found, sources } = projects.view(document);
    show(document, found, sources, !isTold);
    cancel = queue.length > 0 ? host.later(next) : undefined;
  };

  /** In turns where it is likely to take long, as a first check does: nothing is compiled yet. */
  const check = (document: Document): void => {
    const { uri } = document;
    const begin = host.now();
    if (slow.get(uri) ?? true) {
      slow.set(uri, false); // unless it takes another turn
      return goOn(document, projects.look(document), TURN.first, false);
    }
    const { found, sources } = projects.view(document);
    slow.set(uri, host.now() - begin > TURN.first);
    show(document, found, sources, true);
    cancel = queue.length > 0 ? host.later(next) : undefined;
  };

  const next = (): void => {
    cancel = undefined;
    const uri = queue.shift();
    const document = uri === undefined ? undefined : projects.document(uri);
    if (document !== undefined) return check(document);
    if (queue.length > 0) cancel = host.later(next);
  };

  const wanted = (uris: readonly string[]): void => {
    const again = underWay === undefined ? [] : [underWay];
    underWay = undefined;
    queue = [...new Set([...uris, ...again, ...queue])];
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
      forget(document);
      slow.delete(document.uri);
      if (underWay === document.uri) underWay = undefined;
      const beside = projects.documents().filter((other) => other.root === document.root);
      wanted(beside.map((other) => other.uri)); // in place of what was still to be done for it
    },
    allChanged: () => wanted(projects.documents().map(({ uri }) => uri)),
  };
};
