// The language server as an editor has it: a process that answers requests about one text.
import { spawn } from 'node:child_process';
import { inRoot } from '../sources.mjs';

const capabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { workspaceEdit: { documentChanges: true } },
  textDocument: {
    completion: { completionItem: { labelDetailsSupport: true } },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [''] } } },
    diagnostic: {},
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
    semanticTokens: { requests: { full: true } },
  },
};

/** Starts `netc lsp`, opens the text as `name`, and gives what asks about it. */
export const serverFor = async (name, text) => {
  const server = spawn(process.execPath, [inRoot('dist/netc.js'), 'lsp', '--stdio']);
  const waiting = new Map();
  let bytes = Buffer.alloc(0);
  let id = 0;
  server.stderr.pipe(process.stderr);
  server.stdout.on('data', (more) => {
    bytes = Buffer.concat([bytes, more]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, Math.max(end, 0)))?.[1]);
      if (end < 0 || bytes.length < end + 4 + length) return;
      const message = JSON.parse(bytes.subarray(end + 4, end + 4 + length));
      bytes = bytes.subarray(end + 4 + length);
      if (message.method === undefined) waiting.get(message.id)?.(message);
    }
  });
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method, params) =>
    new Promise((done, fail) => {
      waiting.set(++id, ({ result, error }) =>
        error ? fail(new Error(error.message)) : done(result),
      );
      send({ id, method, params });
    });
  const folder = 'file:///pictures';
  const { capabilities: offered } = await request('initialize', {
    processId: process.pid,
    workspaceFolders: [{ uri: folder, name: 'pictures' }],
    capabilities,
    initializationOptions: { commands: ['netc.run', 'netc.train', 'netc.diagram', 'netc.summary'] },
  });
  send({ method: 'initialized', params: {} });
  const textDocument = { uri: `${folder}/${name}` };
  send({
    method: 'textDocument/didOpen',
    params: { textDocument: { ...textDocument, languageId: 'netc', version: 1, text } },
  });
  return {
    legend: offered.semanticTokensProvider.legend,
    ask: (method, params = {}) => request(`textDocument/${method}`, { textDocument, ...params }),
    resolve: request,
    close: () => server.kill(),
  };
};
