/** The extension on a desktop: the server is a process, and nets are run and trained in terminals. */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { registerCommands, subjectOf, type Act } from './commands.ts';
import type { Subject } from './documents.ts';
import { ownServer, serverIn } from './server.ts';

let client: LanguageClient | undefined;

/** What the server may offer as a command above a net. */
const offered = ['netc.run', 'netc.train', 'netc.diagram', 'netc.summary', 'netc.graph'];

const pathOfServer = ({ extensionPath }: vscode.ExtensionContext): string =>
  serverIn({
    set: vscode.workspace.getConfiguration('netc').get<string>('server.path', ''),
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    extension: extensionPath,
  });

/** A client that could not start has nothing to stop. */
const stop = async (): Promise<void> => {
  const before = client;
  client = undefined;
  if (before?.needsStop()) await before.stop();
};

const start = async (context: vscode.ExtensionContext): Promise<void> => {
  await stop();
  const module = pathOfServer(context);
  client = new LanguageClient(
    'netc',
    'netc',
    { module, args: ['lsp'], transport: TransportKind.stdio },
    {
      documentSelector: [{ language: 'netc' }],
      initializationOptions: { commands: offered },
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.net') },
    },
  );
  await client.start();
};

/** Runs netc in a terminal, where a person sees it, with the file that is saved. */
const inTerminal = async (
  context: vscode.ExtensionContext,
  uri: string,
  command: string,
  ...options: readonly string[]
): Promise<void> => {
  const netc = pathOfServer(context);
  if (command !== 'verify' && netc === ownServer(context.extensionPath)) {
    const how = 'install netc in the workspace, or set netc.server.path';
    void vscode.window.showErrorMessage(`netc ${command} needs TensorFlow.js: ${how}.`);
    return;
  }
  const file = vscode.Uri.parse(uri);
  const folder = vscode.workspace.getWorkspaceFolder(file);
  await vscode.workspace.save(file);
  // no shell reads the words, so a name of a file is never a command; a task keeps its terminal when it ends
  const words = [netc, command, file.fsPath, ...options];
  const task = new vscode.Task(
    { type: 'process' },
    folder ?? vscode.TaskScope.Global,
    `netc ${command}`,
    'netc',
    new vscode.ProcessExecution('node', words, folder && { cwd: folder.uri.fsPath }),
  );
  await vscode.tasks.executeTask(task);
};

const run =
  (context: vscode.ExtensionContext): Act =>
  async (given) => {
    const subject = await subjectOf(given);
    if (subject === undefined) return;
    const [input] =
      (await vscode.window.showOpenDialog({
        title: `The picture or array that ${subject.net} takes`,
        filters: { 'Pictures and arrays': ['png', 'jpg', 'jpeg', 'webp', 'npy'] },
      })) ?? [];
    if (input === undefined) return;
    const [weights] =
      (await vscode.window.showOpenDialog({
        title: `The weights of ${subject.net}; Cancel for a net that has none`,
        filters: { Weights: ['safetensors'] },
      })) ?? [];
    const which = weights === undefined ? [] : ['--weights', weights.fsPath];
    const what = ['--net', subject.net, '--input', input.fsPath, ...which];
    await inTerminal(context, subject.uri, 'run', ...what);
  };

const uriShown = (): string | undefined => vscode.window.activeTextEditor?.document.uri.toString();

const train =
  (context: vscode.ExtensionContext) =>
  async (given?: Subject & { readonly train?: string }): Promise<void> => {
    const uri = given?.uri ?? uriShown();
    if (uri === undefined) return;
    const which = given?.train === undefined ? [] : ['--train', given.train];
    await inTerminal(context, uri, 'train', ...which);
  };

const verify =
  (context: vscode.ExtensionContext): Act =>
  async () => {
    const uri = uriShown();
    if (uri !== undefined) await inTerminal(context, uri, 'verify');
  };

export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  registerCommands(context, () => client, {
    'netc.run': run(context),
    'netc.train': train(context),
    'netc.verify': verify(context),
    'netc.restart': () => start(context),
  });
  await start(context);
};

export const deactivate = (): Promise<void> => stop();
