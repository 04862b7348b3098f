/**
 * The module `vscode` without an editor: what the extension registers is kept, what it asks for is answered, and
 * everything else that its client touches is there and does nothing.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A document that is open. */
type Document = {
  readonly uri: Uri;
  readonly languageId: string;
  readonly version: number;
  readonly getText: () => string;
};

class Uri {
  constructor(
    readonly scheme: string,
    readonly authority: string,
    readonly path: string,
    readonly query = '',
  ) {}
  static parse(text: string): Uri {
    const { protocol, host, pathname, search } = new URL(text);
    return new Uri(protocol.slice(0, -1), host, decodeURI(pathname), search.slice(1));
  }
  static file(path: string): Uri {
    return Uri.parse(pathToFileURL(path).href);
  }
  static from(parts: {
    readonly scheme: string;
    readonly path: string;
    readonly query: string;
  }): Uri {
    return new Uri(parts.scheme, '', parts.path, parts.query);
  }
  static joinPath({ scheme, authority, path }: Uri, ...more: readonly string[]): Uri {
    return new Uri(scheme, authority, [path, ...more].join('/'));
  }
  get fsPath(): string {
    return this.scheme === 'file' ? fileURLToPath(this.toString()) : this.path;
  }
  toString(): string {
    const query = this.query === '' ? '' : `?${this.query}`;
    const host = this.authority === '' && this.scheme !== 'file' ? '' : `//${this.authority}`;
    return `${this.scheme}:${host}${encodeURI(this.path)}${query}`;
  }
}

class EventEmitter {
  private readonly listeners = new Set<(said: unknown) => void>();
  readonly event = (listener: (said: unknown) => void): { readonly dispose: () => void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(said: unknown): void {
    this.listeners.forEach((listener) => listener(said));
  }
  dispose(): void {
    this.listeners.clear();
  }
}

class Place {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

class Range {
  readonly start: Place;
  readonly end: Place;
  /** the lines and characters of its ends, as the client gives them */
  constructor(
    ...[line, character, endLine, endCharacter]: readonly [number, number, number, number]
  ) {
    this.start = new Place(line, character);
    this.end = new Place(endLine, endCharacter);
  }
}

class Diagnostic {
  constructor(
    readonly range: Range,
    readonly message: string,
    readonly severity: number,
  ) {}
}

class CancellationTokenSource {
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => {} }),
  };
  cancel(): void {}
  dispose(): void {}
}

type Known = { readonly [name: string]: unknown };

/** Something that can be called, made, extended and asked for members, and is one of `known` where it has that. */
const anything = (known: Known = {}): any => {
  const members = new Map<PropertyKey, unknown>();
  const callable = function () {};
  callable.prototype.dispose = () => {};
  return new Proxy(callable, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(known, name)) return known[name];
      if (name === 'prototype') return target.prototype;
      if (name === 'dispose') return () => {};
      if (name === 'then') return undefined; // it is not a promise
      if (typeof name === 'symbol') return undefined;
      if (!members.has(name)) members.set(name, anything());
      return members.get(name);
    },
    apply: () => anything({ dispose: () => {} }),
    construct: (target, words, made) => Reflect.construct(target, words, made),
  });
};

export type Code = {
  /** what a bundle gets for `require('vscode')` */
  readonly module: unknown;
  readonly commands: Map<string, (...given: any[]) => Promise<void>>;
  readonly shown: string[]; // titles of documents and panels
  readonly said: string[]; // messages to people
  readonly logged: string[]; // what the server and its client write for those who look after them
  readonly diagnostics: Map<string, readonly any[]>;
  /** the text of a document that the extension makes */
  readonly textOf: (uri: string) => Promise<string>;
};

/** An editor with these folders and documents open. */
export const startCode = (
  folders: readonly string[],
  documents: { readonly [path: string]: string },
  settings: Known = {},
): Code => {
  const commands: Code['commands'] = new Map();
  const shown: string[] = [];
  const said: string[] = [];
  const logged: string[] = [];
  const diagnostics: Code['diagnostics'] = new Map();
  const providers = new Map<string, { readonly provideTextDocumentContent: (uri: Uri) => any }>();
  const open = Object.entries(documents).map(([path, text]): Document => ({
    ...{ uri: Uri.file(path), languageId: 'netc', version: 1, getText: () => text },
  }));
  const log = (line: string): void => void logged.push(line);
  const say = async (message: string): Promise<void> => void said.push(message);
  const textOf = async (text: string): Promise<string> => {
    const [scheme = '', rest = ''] = text.split(/:(.*)/s);
    const [path = '', query = ''] = rest.split(/\?(.*)/s);
    return providers.get(scheme)?.provideTextDocumentContent(new Uri(scheme, '', path, query));
  };
  const workspace = anything({
    workspaceFolders: folders.map((path, index) => ({ uri: Uri.file(path), name: path, index })),
    isTrusted: true,
    textDocuments: open,
    notebookDocuments: [],
    getConfiguration: () => ({
      get: (name: string, otherwise: unknown) => settings[name] ?? otherwise,
      inspect: () => undefined,
    }),
    findFiles: async () => open.map(({ uri }) => uri),
    fs: {
      readFile: async (uri: Uri) =>
        new TextEncoder().encode(open.find((d) => d.uri.toString() === uri.toString())?.getText()),
    },
    registerTextDocumentContentProvider: (scheme: string, provider: never) => {
      providers.set(scheme, provider);
      return { dispose: () => {} };
    },
    openTextDocument: async (uri: Uri) => {
      shown.push(uri.toString());
      return { uri };
    },
  });
  const module = anything({
    ...{ Uri, EventEmitter, CancellationTokenSource, Diagnostic, Range, Position: Place },
    version: '1.91.0',
    commands: anything({
      registerCommand: (name: string, act: never) => {
        commands.set(name, act);
        return { dispose: () => {} };
      },
    }),
    workspace,
    languages: anything({
      match: (_: unknown, { languageId }: Document) => (languageId === 'netc' ? 10 : 0),
      createDiagnosticCollection: () => ({
        set: (uri: Uri, found: readonly any[]) => diagnostics.set(uri.toString(), found),
        ...{ delete: () => {}, clear: () => {}, dispose: () => {}, has: () => false },
      }),
    }),
    window: anything({
      activeTextEditor: { document: open[0] },
      visibleTextEditors: open.map((document) => ({ document })),
      ...{ showInformationMessage: say, showErrorMessage: say, showWarningMessage: say },
      createWebviewPanel: (_: string, title: string) => {
        shown.push(title);
        return { webview: {} };
      },
      createOutputChannel: () => anything({ append: log, appendLine: log, error: log }),
      tabGroups: anything({ all: [] }),
    }),
    env: { language: 'en' },
  });
  // bundles copy what a module has itself, and leave the rest to what stands behind it
  return { module: Object.create(module), commands, shown, said, logged, diagnostics, textOf };
};
