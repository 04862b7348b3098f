/** The extension: starts the language server, and has the commands that the server offers above nets. */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { provideDocuments, showDiagram, showText, type Subject } from './documents.ts';
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

const start = async (context: vscode.ExtensionContext): Promise<void> => {
  await client?.stop();
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

/** The net that a command is for: the one above which it stands, or one that is chosen. */
const subjectOf = async (given: Subject | undefined): Promise<Subject | undefined> => {
  if (given !== undefined) return given;
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'netc') {
    void vscode.window.showInformationMessage('Open a .net file first.');
    return undefined;
  }
  const names = [...document.getText().matchAll(/^net\s+([A-Za-z_]\w*)/gm)].map(
    ([, name]) => name!,
  );
  const net = names.length < 2 ? names[0] : await vscode.window.showQuickPick(names);
  return net === undefined ? undefined : { uri: document.uri.toString(), net };
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

const run = async (context: vscode.ExtensionContext, given?: Subject): Promise<void> => {
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
  await inTerminal(
    context,
    subject.uri,
    'run',
    '--net',
    subject.net,
    '--input',
    input.fsPath,
    ...which,
  );
};

const train = async (
  context: vscode.ExtensionContext,
  given?: Subject & { readonly train?: string },
): Promise<void> => {
  const uri = given?.uri ?? vscode.window.activeTextEditor?.document.uri.toString();
  if (uri === undefined) return;
  await inTerminal(
    context,
    uri,
    'train',
    ...(given?.train === undefined ? [] : ['--train', given.train]),
  );
};

export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  const on = (name: string, act: (subject?: Subject) => Promise<void>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(name, act));
  };
  const withNet =
    (act: (subject: Subject) => Promise<void>) =>
    async (given?: Subject): Promise<void> => {
      const subject = await subjectOf(given);
      if (subject !== undefined) await act(subject);
    };
  on(
    'netc.summary',
    withNet((subject) => showText('netc/summary', subject)),
  );
  on(
    'netc.graph',
    withNet((subject) => showText('netc/graph', subject)),
  );
  on(
    'netc.diagram',
    withNet(async (subject) => {
      if (client !== undefined) await showDiagram(client, subject);
    }),
  );
  on('netc.run', (subject) => run(context, subject));
  on('netc.train', (subject) => train(context, subject));
  on('netc.verify', async () => {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    if (uri !== undefined) await inTerminal(context, uri, 'verify');
  });
  on('netc.restart', () => start(context));
  context.subscriptions.push(provideDocuments(() => client));
  await start(context);
};

export const deactivate = (): Thenable<void> | undefined => client?.stop();
