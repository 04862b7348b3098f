/** The conversation with an editor: how it begins and ends, and who answers what. */
import * as E from 'fp-ts/lib/Either.js';
import { ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc';
import { operatorWords } from '../ops/words.ts';
import { parse } from '../parser/parse.ts';
import { at, clientOf } from './client.ts';
import type { Session } from './feature.ts';
import { features, serverCapabilities } from './features.ts';
import type { Host } from './host.ts';
import { isObject } from './messages.ts';
import { newProjects, type Document } from './projects.ts';
import { newPublisher, type Publisher } from './publisher.ts';

const SERVER_NOT_INITIALIZED = -32002;

type State =
  | { readonly tag: 'new' }
  | { readonly tag: 'open'; readonly session: Session; readonly publisher: Publisher | undefined }
  | { readonly tag: 'shut' };

const byMethod = new Map(features.map((feature) => [feature.method, feature]));

/** What the server says by itself. */
const speaking = (connection: MessageConnection) => ({
  tell: (method: string, params: object): void =>
    void connection.sendNotification(method, params).catch(() => {}),
  ask: (method: string, params?: object): void =>
    void connection.sendRequest(method, params ?? {}).catch(() => {}),
});

/** The first text that is read would wait for this. */
const makeParser = (): void => void parse({ path: '', text: '' }, operatorWords);

/** Listens until the client says `exit`. */
export const serve = (connection: MessageConnection, host: Host): void => {
  let state: State = { tag: 'new' };
  let told = false; // of a bug

  const { tell, ask } = speaking(connection);

  /** A bug of netc: once for people, always for the log. */
  const bug = (method: string, thrown: unknown): void => {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    host.log(`netc ${host.version} has a bug in ${method}; please report this:\n${stack}`);
    if (told) return;
    told = true;
    const message = `netc ${host.version} has a bug in ${method}. Please report it with your program and the log of this server.`;
    tell('window/showMessage', { type: 1, message });
  };

  const begin = (params: unknown): object => {
    const client = clientOf(params);
    const projects = newProjects(host, client.encoding, client.folders);
    const session: Session = { client, host, projects };
    const publisher = client.can.pull
      ? undefined
      : newPublisher(projects, client, guarded(host, bug), (uri, version, diagnostics) =>
          tell('textDocument/publishDiagnostics', {
            uri,
            ...(version === undefined ? {} : { version }),
            diagnostics,
          }),
        );
    state = { tag: 'open', session, publisher };
    host.later(makeParser); // while the client reads the answer
    const capabilities = serverCapabilities(client);
    return { capabilities, serverInfo: { name: 'netc', version: host.version } };
  };

  const answer = (method: string, params: unknown): unknown => {
    if (state.tag === 'shut')
      return new ResponseError(ErrorCodes.InvalidRequest, 'the server was shut down');
    if (method === 'initialize')
      return state.tag === 'new'
        ? begin(params)
        : new ResponseError(ErrorCodes.InvalidRequest, '`initialize` was said already');
    if (state.tag === 'new')
      return new ResponseError(SERVER_NOT_INITIALIZED, '`initialize` comes first');
    if (method === 'shutdown') {
      state = { tag: 'shut' };
      return null;
    }
    const feature = byMethod.get(method);
    if (feature === undefined)
      return new ResponseError(ErrorCodes.MethodNotFound, `\`${method}\` is not offered`);
    const result = feature.answer(state.session, params);
    return E.isLeft(result)
      ? new ResponseError(result.left.code, result.left.message)
      : (result.right ?? null);
  };

  connection.onRequest((method, params) => {
    try {
      return answer(method, params);
    } catch (thrown) {
      bug(method, thrown);
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      return new ResponseError(ErrorCodes.InternalError, `netc has a bug in ${method}: ${text}`);
    }
  });
  connection.onNotification((method, params) => {
    if (method === 'exit') return host.exit(state.tag === 'shut' ? 0 : 1);
    if (state.tag !== 'open') return;
    try {
      notify(state.session, state.publisher, method, params, { ask });
    } catch (thrown) {
      bug(method, thrown);
    }
  });
  connection.listen();
};

/** What is done later may fail too. */
const guarded = (host: Host, bug: (method: string, thrown: unknown) => void): Host => ({
  ...host,
  later: (work) =>
    host.later(() => {
      try {
        work();
      } catch (thrown) {
        bug('diagnostics', thrown);
      }
    }),
});

type Outside = { readonly ask: (method: string, params?: object) => void };

const isText = (value: unknown): value is string => typeof value === 'string';

type Change = { readonly text: string; readonly range?: never };

/** A change of a document, if it is one. */
const isChange = (value: unknown): value is Change => {
  if (!isObject(value) || !isText(value['text'])) return false;
  const { range } = value;
  const isPosition = (p: unknown): boolean =>
    Number.isInteger(at(p, 'line')) &&
    Number.isInteger(at(p, 'character')) &&
    Number(at(p, 'line')) >= 0 &&
    Number(at(p, 'character')) >= 0;
  return range === undefined || (isPosition(at(range, 'start')) && isPosition(at(range, 'end')));
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What the client says and waits for no answer to. */
const notify = (
  { client, projects }: Session,
  publisher: Publisher | undefined,
  method: string,
  params: unknown,
  { ask }: Outside,
): void => {
  const uri = at(params, 'textDocument', 'uri');
  const version = Number(at(params, 'textDocument', 'version') ?? 0);
  const { can } = client;
  const refresh = (): void => {
    if (can.refreshDiagnostics && can.pull) ask('workspace/diagnostic/refresh');
    if (can.refreshHints) ask('workspace/inlayHint/refresh');
    if (can.refreshLenses) ask('workspace/codeLens/refresh');
    if (can.refreshTokens) ask('workspace/semanticTokens/refresh');
  };
  // a client that asks for diagnostics knows nothing of those who import this file
  const changedFor = (document: Document): void => {
    const isImported = can.refreshDiagnostics && projects.importers(document).length > 0;
    if (can.pull && isImported) ask('workspace/diagnostic/refresh');
  };
  switch (method) {
    case 'initialized':
      if (can.watch)
        ask('client/registerCapability', {
          registrations: [
            {
              id: 'netc-files',
              method: 'workspace/didChangeWatchedFiles',
              registerOptions: { watchers: [{ globPattern: '**/*.net' }] },
            },
          ],
        });
      return;
    case 'textDocument/didOpen': {
      const text = at(params, 'textDocument', 'text');
      if (!isText(uri) || !isText(text)) return;
      projects.open(uri, version, text);
      return publisher?.changed(uri);
    }
    case 'textDocument/didChange': {
      const changes = listOf(at(params, 'contentChanges'));
      const document = isText(uri) ? projects.document(uri) : undefined;
      if (document === undefined) return;
      projects.change(document.uri, version, changes.filter(isChange));
      publisher?.changed(document.uri);
      return changedFor(document);
    }
    case 'textDocument/didClose': {
      const document = isText(uri) ? projects.document(uri) : undefined;
      if (document === undefined) return;
      projects.close(document.uri);
      publisher?.closed(document);
      return changedFor(document);
    }
    case 'workspace/didChangeWatchedFiles':
      projects.refresh();
      publisher?.allChanged();
      return refresh();
    case 'workspace/didChangeWorkspaceFolders': {
      const uris = (which: string): readonly string[] =>
        listOf(at(params, 'event', which)).flatMap((f) => {
          const folder = at(f, 'uri');
          return isText(folder) ? [folder] : [];
        });
      uris('removed').forEach(projects.folders.remove);
      uris('added').forEach(projects.folders.add);
      publisher?.allChanged();
      return refresh();
    }
  }
};
