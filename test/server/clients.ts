/** What editors say of themselves in `initialize`, as far as it matters here. */

/** VS Code 1.9x with vscode-languageclient. */
export const vscode = {
  capabilities: {
    general: { positionEncodings: ['utf-16'], staleRequestSupport: { cancel: true } },
    workspace: {
      applyEdit: true,
      workspaceEdit: { documentChanges: true },
      configuration: true,
      workspaceFolders: true,
      didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
      inlayHint: { refreshSupport: true },
      codeLens: { refreshSupport: true },
      semanticTokens: { refreshSupport: true },
      diagnostics: { refreshSupport: true },
    },
    textDocument: {
      publishDiagnostics: {
        relatedInformation: true,
        codeDescriptionSupport: true,
        dataSupport: true,
        tagSupport: { valueSet: [1, 2] },
      },
      diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
      hover: { contentFormat: ['markdown', 'plaintext'] },
      completion: {
        completionItem: {
          snippetSupport: true,
          labelDetailsSupport: true,
          documentationFormat: ['markdown', 'plaintext'],
        },
      },
      documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [''] } } },
      semanticTokens: { requests: { range: true, full: { delta: true } } },
      foldingRange: { lineFoldingOnly: true },
    },
  },
  initializationOptions: { commands: ['netc.run', 'netc.train', 'netc.diagram', 'netc.summary'] },
};

/** Neovim 0.10. */
export const neovim = {
  capabilities: {
    general: { positionEncodings: ['utf-8', 'utf-16', 'utf-32'] },
    workspace: {
      workspaceEdit: { resourceOperations: ['rename', 'create', 'delete'] },
      didChangeWatchedFiles: { dynamicRegistration: true },
      workspaceFolders: true,
      configuration: true,
      inlayHint: { refreshSupport: true },
      semanticTokens: { refreshSupport: true },
    },
    textDocument: {
      publishDiagnostics: {
        relatedInformation: true,
        codeDescriptionSupport: true,
        dataSupport: true,
        tagSupport: { valueSet: [1, 2] },
      },
      hover: { contentFormat: ['markdown', 'plaintext'] },
      completion: { completionItem: { snippetSupport: true } },
      documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [''] } } },
      semanticTokens: { requests: { full: { delta: true } } },
    },
  },
};
