/** What the client at the other end can do: read once, from its `initialize`. */
import type { Encoding } from './text.ts';
import { isObject } from './messages.ts';

/** A client as features see it. What it does not mention it cannot do. */
export type Client = {
  readonly encoding: Encoding;
  /** the folders that it has open, as URIs */
  readonly folders: readonly string[];
  /** names of commands that it runs, `netc.run` */
  readonly commands: ReadonlySet<string>;
  readonly can: {
    readonly snippets: boolean;
    readonly labelDetails: boolean;
    readonly nestedSymbols: boolean;
    readonly literalActions: boolean;
    readonly pull: boolean;
    readonly relatedDocuments: boolean;
    readonly relatedPlaces: boolean;
    readonly codePage: boolean;
    readonly tags: boolean;
    readonly watch: boolean;
    readonly refreshHints: boolean;
    readonly refreshLenses: boolean;
    readonly refreshTokens: boolean;
    readonly refreshDiagnostics: boolean;
    readonly documentChanges: boolean;
    readonly tokenDeltas: boolean;
  };
};

/** The value behind names, `undefined` where one leads nowhere. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((v, name) => (isObject(v) ? v[name] : undefined), value);

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];

const isEncoding = (text: string): text is Encoding =>
  text === 'utf-8' || text === 'utf-16' || text === 'utf-32';

/** The client's first choice of those that we know; UTF-16 if it states none. */
const encodingOf = (capabilities: unknown): Encoding =>
  strings(at(capabilities, 'general', 'positionEncodings')).find(isEncoding) ?? 'utf-16';

const foldersOf = (params: unknown): readonly string[] => {
  const folders = at(params, 'workspaceFolders');
  if (Array.isArray(folders)) return folders.flatMap((f) => strings([at(f, 'uri')]));
  const root = at(params, 'rootUri');
  return typeof root === 'string' ? [root] : [];
};

/** Reads the parameters of `initialize`, whatever they are. */
export const clientOf = (params: unknown): Client => {
  const own = at(params, 'capabilities');
  const text = (...path: readonly string[]): unknown => at(own, 'textDocument', ...path);
  const workspace = (...path: readonly string[]): boolean => at(own, 'workspace', ...path) === true;
  const is = (value: unknown): boolean => value === true;
  return {
    encoding: encodingOf(own),
    folders: foldersOf(params),
    commands: new Set(strings(at(params, 'initializationOptions', 'commands'))),
    can: {
      snippets: is(text('completion', 'completionItem', 'snippetSupport')),
      labelDetails: is(text('completion', 'completionItem', 'labelDetailsSupport')),
      nestedSymbols: is(text('documentSymbol', 'hierarchicalDocumentSymbolSupport')),
      literalActions: text('codeAction', 'codeActionLiteralSupport') !== undefined,
      pull: text('diagnostic') !== undefined,
      relatedDocuments: is(text('diagnostic', 'relatedDocumentSupport')),
      relatedPlaces: is(text('publishDiagnostics', 'relatedInformation')),
      codePage: is(text('publishDiagnostics', 'codeDescriptionSupport')),
      tags: text('publishDiagnostics', 'tagSupport') !== undefined,
      watch: workspace('didChangeWatchedFiles', 'dynamicRegistration'),
      refreshHints: workspace('inlayHint', 'refreshSupport'),
      refreshLenses: workspace('codeLens', 'refreshSupport'),
      refreshTokens: workspace('semanticTokens', 'refreshSupport'),
      refreshDiagnostics: workspace('diagnostics', 'refreshSupport'),
      documentChanges: workspace('workspaceEdit', 'documentChanges'),
      tokenDeltas: is(text('semanticTokens', 'requests', 'full', 'delta')),
    },
  };
};
