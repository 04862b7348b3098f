/** The files that are open in the editor, each in its project; texts of the editor win over those of the disk. */
import * as E from 'fp-ts/lib/Either.js';
import { newWorkspace, type Looking, type View, type Workspace } from '../workspace/workspace.ts';
import { isOfNetc } from '../syntax/source.ts';
import type { Files } from '../typecheck/program/modules.ts';
import type { Host, Located, Sources } from './host.ts';
import { limited, tooLong } from './limits.ts';
import { changed, textOf, type Encoding, type Text } from './text.ts';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol';

/** A file that is open in the editor. */
export type Document = Located & {
  readonly uri: string;
  readonly version: number;
  readonly text: Text;
  /** why it is not read, if it is not */
  readonly unread: string | undefined;
};

export type Projects = {
  readonly open: (uri: string, version: number, text: string) => void;
  readonly change: (
    uri: string,
    version: number,
    changes: readonly TextDocumentContentChangeEvent[],
  ) => void;
  readonly close: (uri: string) => void;
  /** Files of the disk have changed. */
  readonly refresh: () => void;
  readonly document: (uri: string) => Document | undefined;
  /** In the order in which they were opened. */
  readonly documents: () => readonly Document[];
  /** The text of a file of a project, without what it imports; undefined if it cannot be read. */
  readonly read: (file: Located) => string | undefined;
  /** A file of a project as if it were open. */
  readonly asDocument: (file: Located) => Document;
  readonly view: (document: Located) => View;
  /** Begins a view that is made bit by bit. */
  readonly look: (document: Located) => Looking;
  /** A view of texts that nobody has written: those of `view`, but for some. */
  readonly trial: (entry: Located, view: View, texts: ReadonlyMap<string, string>) => View;
  /** The open files whose programs have read this one, itself apart. */
  readonly importers: (document: Located) => readonly Document[];
  /** The files of the project of a document, open or not, itself among them. */
  readonly beside: (document: Located) => Sources;
  readonly uriOf: (root: string, path: string) => string;
  readonly folders: { readonly add: (uri: string) => void; readonly remove: (uri: string) => void };
};

/** For what was never saved: it has no files beside it. */
const nowhere: Files = {
  read: () => E.left({ code: 'E0001', message: 'cannot be read: it was not saved' }),
  resolve: (_from, written) =>
    isOfNetc(written)
      ? E.right(written)
      : E.left({ code: 'E0001', message: 'cannot be read: save this file first' }),
};

type Project = {
  readonly files: Files;
  readonly workspace: Workspace;
  readonly trials: Workspace;
  /** why open files are not read, by path */
  readonly held: Map<string, string>;
};

const unsaved = 'unsaved:';
const nothing: Sources = { paths: [], areAll: true };

type Table = Pick<Projects, 'trial' | 'refresh' | 'view' | 'look'> & {
  readonly keep: (document: Document) => void;
  readonly release: (file: Located) => void;
  readonly readFile: (root: string, path: string) => string | undefined;
};

/** The projects by their roots, and the views of texts that nobody has written. */
const newTable = (host: Host): Table => {
  const projects = new Map<string, Project>();
  /** In a trial the texts of the view that is tried stand for those of the disk. */
  const tried: { texts: View['sources'] } = { texts: new Map() };
  const projectOf = (root: string): Project => {
    const known = projects.get(root);
    if (known !== undefined) return known;
    const files = root.startsWith(unsaved) ? nowhere : host.files(root);
    const held = new Map<string, string>();
    const bearable = limited(files, held);
    const seen: Files = {
      ...bearable,
      read: (path) => {
        const source = tried.texts.get(path);
        return source === undefined ? bearable.read(path) : E.right(source);
      },
    };
    const made = { files, held, workspace: newWorkspace(bearable), trials: newWorkspace(seen) };
    projects.set(root, made);
    return made;
  };
  return {
    keep: ({ root, path, text, unread }) => {
      const { workspace, held } = projectOf(root);
      if (unread === undefined) {
        held.delete(path);
        return workspace.write(path, text.text);
      }
      held.set(path, unread);
      workspace.release(path);
    },
    release: ({ root, path }) => {
      const { workspace, held } = projectOf(root);
      held.delete(path);
      workspace.release(path);
    },
    view: ({ root, path }) => projectOf(root).workspace.view(path),
    look: ({ root, path }) => projectOf(root).workspace.look(path),
    readFile: (root, path) => {
      const source = projectOf(root).files.read(path);
      return E.isRight(source) ? source.right.text : undefined;
    },
    refresh: () => projects.forEach(({ workspace }) => workspace.refresh()),
    trial: ({ root, path }, { sources }, texts) => {
      const { trials } = projectOf(root);
      if (tried.texts !== sources) {
        tried.texts = sources;
        trials.refresh();
      }
      texts.forEach((text, written) => trials.write(written, text));
      const view = trials.view(path);
      // for others the files are as they were
      for (const written of texts.keys()) trials.release(written);
      return view;
    },
  };
};

export const newProjects = (host: Host, encoding: Encoding, given: readonly string[]): Projects => {
  const folders = new Set(given);
  const documents = new Map<string, Document>();
  const { keep, release, view, look, readFile, trial, refresh } = newTable(host);

  const locate = (uri: string): Located =>
    host.locate([...folders], uri) ?? { root: `${unsaved}${uri}`, path: uri };

  const put = (made: Omit<Document, 'unread'>): void => {
    const document = { ...made, unread: tooLong(made.text.text) };
    documents.set(document.uri, document);
    keep(document);
  };

  const uriOf: Projects['uriOf'] = (root, path) =>
    root.startsWith(unsaved) && !isOfNetc(path) ? path : host.uriOf({ root, path });

  return {
    open: (uri, version, text) =>
      put({ ...locate(uri), uri, version, text: textOf(text, encoding) }),
    change: (uri, version, changes) => {
      const before = documents.get(uri);
      if (before !== undefined) put({ ...before, version, text: changed(before.text, changes) });
    },
    close: (uri) => {
      const document = documents.get(uri);
      if (document === undefined) return;
      documents.delete(uri);
      release(document);
    },
    refresh,
    document: (uri) => documents.get(uri),
    documents: () => [...documents.values()],
    read: ({ root, path }) => {
      const open = documents.get(uriOf(root, path));
      return open === undefined ? readFile(root, path) : open.text.text;
    },
    asDocument: (file) => {
      const uri = uriOf(file.root, file.path);
      const open = documents.get(uri);
      if (open !== undefined) return open;
      const text = view(file).sources.get(file.path)?.text ?? '';
      return { ...file, uri, version: 0, text: textOf(text, encoding), unread: undefined };
    },
    view,
    look,
    trial,
    importers: ({ root, path }) =>
      [...documents.values()].filter(
        (other) => other.root === root && other.path !== path && view(other).sources.has(path),
      ),
    beside: ({ root, path }) => {
      const open = [...documents.values()].filter((other) => other.root === root);
      const saved = root.startsWith(unsaved) ? nothing : host.sources(root);
      const paths = new Set([path, ...open.map((other) => other.path), ...saved.paths]);
      return { paths: [...paths], areAll: saved.areAll };
    },
    uriOf,
    folders: {
      add: (uri) => void folders.add(uri),
      remove: (uri) => void folders.delete(uri),
    },
  };
};
