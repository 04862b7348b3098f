/** Texts that the server makes of a net, shown as documents that nobody edits. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

/** A net of a file. */
export type Subject = { readonly uri: string; readonly net: string };

const scheme = 'netc';

/** `netc:VGG.summary.txt?{…}`: the title is what the tab shows, the query says what is asked for. */
const addressOf = (method: string, ending: string, subject: Subject): vscode.Uri =>
  vscode.Uri.from({
    scheme,
    path: `${subject.net}.${ending}`,
    query: JSON.stringify({ method, ...subject }),
  });

/** Asks the server when a document is opened, and again for those that are open whenever a program is saved. */
export const provideDocuments = (
  client: () => BaseLanguageClient | undefined,
): vscode.Disposable => {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const saved = vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
    if (languageId !== 'netc') return;
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === scheme) changed.fire(uri);
  });
  const provided = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: async ({ query }) => {
      const { method, uri, net } = JSON.parse(query);
      const made = await client()?.sendRequest<{ readonly text: string }>(method, {
        textDocument: { uri },
        net,
      });
      return made?.text ?? '';
    },
  });
  return vscode.Disposable.from(changed, saved, provided);
};

/** Shows the summary or the graph of a net beside the text. */
export const showText = async (
  method: 'netc/summary' | 'netc/graph',
  subject: Subject,
): Promise<void> => {
  const ending = method === 'netc/graph' ? 'graph.net' : 'summary.txt';
  const document = await vscode.workspace.openTextDocument(addressOf(method, ending, subject));
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    preserveFocus: true,
  });
};

/** Shows the diagram of a net, an SVG without scripts, in a panel that runs none. */
export const showDiagram = async (client: BaseLanguageClient, subject: Subject): Promise<void> => {
  const { text } = await client.sendRequest<{ readonly text: string }>('netc/diagram', {
    textDocument: { uri: subject.uri },
    net: subject.net,
  });
  const panel = vscode.window.createWebviewPanel(
    'netc.diagram',
    `${subject.net}: diagram`,
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: false },
  );
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  panel.webview.html = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><body style="background: white">${text}</body>`;
};
