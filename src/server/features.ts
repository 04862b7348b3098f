/** Every feature of the server: the reply to `initialize` and the table of docs/editor.md are made of these rows. */
import type { ServerCapabilities } from 'vscode-languageserver-protocol';
import type { Client } from './client.ts';
import type { Feature } from './feature.ts';
import { codeActions } from './features/code-actions.ts';
import { codeLenses, codeLensResolve } from './features/code-lens.ts';
import { hover } from './features/hover.ts';
import { inlayHints } from './features/inlay-hints.ts';
import { pulled } from './features/pulled.ts';

/** In the order of the documentation. */
export const features: readonly Feature[] = [
  pulled,
  inlayHints,
  hover,
  codeActions,
  codeLenses,
  codeLensResolve,
];

/** What a client is told that it can ask for. */
export const serverCapabilities = (client: Client): ServerCapabilities => ({
  positionEncoding: client.encoding,
  textDocumentSync: { openClose: true, change: 2, save: false },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  ...Object.assign({}, ...features.map((feature) => feature.offers(client))),
});
