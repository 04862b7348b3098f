/** The extension in a browser: the server is a worker, which is told the programs of the workspace. */
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { Told } from '../../../src/web/worker.ts';
import { registerCommands } from './commands.ts';
import { inTurn } from './in-turn.ts';

/** What runs: the worker, and the client that speaks with it. */
type Running = {
  readonly worker: Worker;
  readonly client: LanguageClient;
  readonly watcher: vscode.Disposable;
};

let running: Running | undefined;

/** What the server may offer as a command above a net. */
const offered = ['netc.diagram', 'netc.summary', 'netc.graph'];

/** So many programs are read when a workspace is opened. */
const MOST = 1000;

const textOf = async (uri: vscode.Uri): Promise<string | null> => {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null; // it is gone
  }
};

const textsOf = async (uris: readonly vscode.Uri[]): Promise<Told['netc']['texts']> => {
  const pairs = uris.map(async (uri) => [uri.toString(), await textOf(uri)] as const);
  return Object.fromEntries(await Promise.all(pairs));
};

/** What the protocol calls the ways in which a file changes. */
const changes = { created: 1, changed: 2, deleted: 3 } as const;

/** Tells the worker the text of a file before the server hears that it has changed. */
const watch = (worker: Worker, client: LanguageClient): vscode.Disposable => {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.net');
  // a read that began before another of its file may end after it, with the older text
  const turns = inTurn();
  const tell = (type: number) => (uri: vscode.Uri) =>
    turns(uri.toString(), async () => {
      worker.postMessage({ netc: { texts: await textsOf([uri]) } } satisfies Told);
      const change = { uri: uri.toString(), type };
      await client.sendNotification('workspace/didChangeWatchedFiles', { changes: [change] });
    });
  watcher.onDidCreate(tell(changes.created));
  watcher.onDidChange(tell(changes.changed));
  watcher.onDidDelete(tell(changes.deleted));
  return watcher;
};

const stop = async (): Promise<void> => {
  const before = running;
  running = undefined;
  before?.watcher.dispose();
  if (before?.client.needsStop()) await before.client.stop();
  before?.worker.terminate();
};

const start = async ({ extensionUri }: vscode.ExtensionContext): Promise<void> => {
  await stop();
  const inExtension = (path: string): string =>
    vscode.Uri.joinPath(extensionUri, path).toString(true);
  const worker = new Worker(inExtension('dist/worker.js'));
  const programs = await vscode.workspace.findFiles('**/*.net', '**/node_modules/**', MOST);
  const texts = await textsOf(programs);
  const areAll = programs.length < MOST;
  worker.postMessage({ netc: { texts, areAll, home: inExtension('server/') } } satisfies Told);
  const client = new LanguageClient('netc', 'netc', worker, {
    documentSelector: [{ language: 'netc' }],
    initializationOptions: { commands: offered },
  });
  running = { worker, client, watcher: watch(worker, client) };
  await client.start();
};

export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  registerCommands(context, () => running?.client, { 'netc.restart': () => start(context) });
  await start(context);
};

export const deactivate = (): Promise<void> => stop();
