/** Every feature of the server: the reply to `initialize` and the table of docs/editor.md are made of these rows. */
import type { ServerCapabilities } from 'vscode-languageserver-protocol';
import type { Client } from './client.ts';
import type { Feature } from './feature.ts';
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from './features/call-hierarchy.ts';
import { codeActions } from './features/code-actions.ts';
import { codeLenses, codeLensResolve } from './features/code-lens.ts';
import { completion, completionResolve } from './features/completion.ts';
import { folding } from './features/folding.ts';
import { formatting, onTypeFormatting, rangeFormatting } from './features/formatting.ts';
import { hover } from './features/hover.ts';
import { inlayHints } from './features/inlay-hints.ts';
import { links } from './features/links.ts';
import { definition, highlight, references } from './features/names.ts';
import { pulled } from './features/pulled.ts';
import { prepareRename, rename } from './features/rename.ts';
import {
  semanticTokens,
  semanticTokensDelta,
  semanticTokensRange,
} from './features/semantic-tokens.ts';
import { selectionRanges } from './features/selections.ts';
import { signatureHelp } from './features/signature-help.ts';
import { documentSymbols } from './features/symbols.ts';
import { workspaceSymbols } from './features/workspace-symbols.ts';
import { diagramText, graphText, summaryText } from './features/virtual-documents.ts';

/** In the order of the documentation. */
export const features: readonly Feature[] = [
  pulled,
  inlayHints,
  hover,
  codeActions,
  codeLenses,
  codeLensResolve,
  completion,
  completionResolve,
  signatureHelp,
  definition,
  references,
  highlight,
  rename,
  prepareRename,
  documentSymbols,
  workspaceSymbols,
  semanticTokens,
  semanticTokensDelta,
  semanticTokensRange,
  folding,
  selectionRanges,
  formatting,
  rangeFormatting,
  onTypeFormatting,
  links,
  prepareCallHierarchy,
  incomingCalls,
  outgoingCalls,
  graphText,
  summaryText,
  diagramText,
];

/** What a client is told that it can ask for. */
export const serverCapabilities = (client: Client): ServerCapabilities => ({
  positionEncoding: client.encoding,
  textDocumentSync: { openClose: true, change: 2, save: false },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  ...Object.assign({}, ...features.map((feature) => feature.offers(client))),
});
