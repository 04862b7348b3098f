/** What the extension does everywhere, on a desktop and in a browser: the texts and the diagram of a net. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { provideDocuments, showDiagram, showText, type Subject } from './documents.ts';

/** What a command does with what it is given; from the palette it is given nothing. */
export type Act = (given?: Subject) => Promise<void>;

/** The net that a command is for: the one above which it stands, or one that is chosen. */
export const subjectOf = async (given: Subject | undefined): Promise<Subject | undefined> => {
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

const withNet =
  (act: (subject: Subject) => Promise<void>): Act =>
  async (given) => {
    const subject = await subjectOf(given);
    if (subject !== undefined) await act(subject);
  };

/** The commands that need only the server. */
const everywhere = (
  client: () => BaseLanguageClient | undefined,
): { readonly [name: string]: Act } => ({
  'netc.summary': withNet((subject) => showText('netc/summary', subject)),
  'netc.graph': withNet((subject) => showText('netc/graph', subject)),
  'netc.diagram': withNet(async (subject) => {
    const server = client();
    if (server !== undefined) await showDiagram(server, subject);
  }),
});

/** Registers the commands, those that only this host has among them. */
export const registerCommands = (
  context: vscode.ExtensionContext,
  client: () => BaseLanguageClient | undefined,
  own: { readonly [name: string]: Act },
): void => {
  for (const [name, act] of Object.entries({ ...everywhere(client), ...own }))
    context.subscriptions.push(vscode.commands.registerCommand(name, act));
  context.subscriptions.push(provideDocuments(client));
};
