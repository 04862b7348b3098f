/** The server as editors start it: a process, its streams and its exit code. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startEditor, type Editor } from '../server/editor.ts';
import { neovim, vscode } from '../server/clients.ts';
import { editedLine, residualNets } from '../server/residual-nets.ts';

const root = join(import.meta.dirname, '..', '..');
let folder: string;

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'netc-lsp-')));
  write('lib.net', 'def unit(c) = conv3-c; relu\n');
  write('main.net', 'import "lib.net"\nnet N : [8, 8, 3] -> [8, 8, 4] { unit-4 }\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const start = (): Editor => startEditor(join(inject('built'), 'netc.js'), folder);

const begun = async (client: object = vscode): Promise<Editor> => {
  const editor = start();
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'x' }];
  await editor.request('initialize', { processId: null, workspaceFolders, ...client });
  editor.notify('initialized', {});
  return editor;
};

const open = (editor: Editor, name: string, text: string): void =>
  editor.notify('textDocument/didOpen', {
    textDocument: { uri: uriOf(name), languageId: 'net', version: 1, text },
  });

const change = (editor: Editor, name: string, version: number, text: string): void =>
  editor.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(name), version },
    contentChanges: [{ text }],
  });

const published = async (
  editor: Editor,
  name: string,
): Promise<readonly { code: string; message: string }[]> => {
  const told = await editor.next(
    (m) => m.method === 'textDocument/publishDiagnostics' && m.params.uri === uriOf(name),
  );
  return told.params.diagnostics;
};

const ended = async (editor: Editor): Promise<number | null> => {
  await editor.request('shutdown');
  editor.notify('exit');
  return (await editor.ended).code;
};

describe('a conversation', () => {
  it('goes from initialize to exit', async () => {
    const editor = await begun(neovim);
    open(editor, 'main.net', 'net N : [8, 8, 3] -> [8, 8, 5] { conv3-4 }\n');
    const [fault] = await published(editor, 'main.net');
    expect(fault).toMatchObject({
      code: 'E0206',
      codeDescription: { href: expect.stringMatching(/^file:.*E0206\.md$/) },
    });
    const place = {
      textDocument: { uri: uriOf('main.net') },
      position: { line: 0, character: 35 },
    };
    const { result } = await editor.request('textDocument/hover', place);
    expect(result.contents.value).toContain('conv3-4 : [8, 8, 3] -> ');
    expect(await ended(editor)).toBe(0);
  });

  it('says in `initialize` that it has what docs/editor.md says', async () => {
    const editor = start();
    const { result } = await editor.request('initialize', { processId: null, ...vscode });
    const page = readFileSync(join(root, 'docs/editor.md'), 'utf8');
    const told = Array.from(page.matchAll(/^\|.*\| `(\w+Provider)` \|$/gm), ([, key]) => key);
    expect(told.length).toBeGreaterThan(15);
    expect(Object.keys(result.capabilities)).toEqual(expect.arrayContaining(told));
    expect(await ended(editor)).toBe(0);
  });

  it('checks importers again, takes unsaved text, and notices the disk', async () => {
    const editor = await begun(neovim);
    open(editor, 'main.net', 'import "lib.net"\nnet N : [8, 8, 3] -> [8, 8, 4] { unit-4 }\n');
    expect(await published(editor, 'main.net')).toEqual([]);
    open(editor, 'lib.net', 'def unit(c) = conv3-c; relu; maxpool\n');
    expect((await published(editor, 'main.net')).map((d) => d.code)).toEqual(['E0206']);
    editor.notify('textDocument/didClose', { textDocument: { uri: uriOf('lib.net') } });
    expect(await published(editor, 'main.net')).toEqual([]);
    write('lib.net', 'def other = relu\n');
    const changes = [{ uri: uriOf('lib.net'), type: 2 }];
    editor.notify('workspace/didChangeWatchedFiles', { changes });
    expect((await published(editor, 'main.net')).map((d) => d.code)).toEqual(['E0301']);
    rmSync(join(folder, 'lib.net'));
    mkdirSync(join(folder, 'lib.net')); // a file that becomes a folder
    editor.notify('workspace/didChangeWatchedFiles', { changes });
    expect((await published(editor, 'main.net')).map((d) => d.code)).toEqual(['E0001']);
    rmSync(join(folder, 'lib.net'), { recursive: true });
    write('lib.net', 'def unit(c) = conv3-c; relu\n');
    expect(await ended(editor)).toBe(0);
  });

  it('answers clients that ask for diagnostics, and tells them nothing', async () => {
    const editor = await begun(vscode);
    open(editor, 'main.net', 'net N : [8, 8, 3] -> [8, 8, 5] { conv3-4 }\n');
    const { result } = await editor.request('textDocument/diagnostic', {
      textDocument: { uri: uriOf('main.net') },
    });
    expect(result.items.map((d: { code: string }) => d.code)).toEqual(['E0206']);
    expect(editor.heard.filter((m) => m.method === 'textDocument/publishDiagnostics')).toEqual([]);
    expect(await ended(editor)).toBe(0);
  });

  it('asks clients that ask for diagnostics to ask again', async () => {
    const editor = await begun(vscode);
    const again = () => editor.next((m) => m.method === 'workspace/diagnostic/refresh');
    open(editor, 'main.net', 'import "lib.net"\nnet N : [8, 8, 3] -> [8, 8, 4] { unit-4 }\n');
    open(editor, 'lib.net', 'def unit(c) = conv3-c; relu; maxpool\n');
    const textDocument = { uri: uriOf('main.net') };
    await editor.request('textDocument/diagnostic', { textDocument });
    editor.notify('textDocument/didClose', { textDocument: { uri: uriOf('lib.net') } });
    await again();
    const event = { added: [{ uri: uriOf('a'), name: 'a' }], removed: [] };
    editor.notify('workspace/didChangeWorkspaceFolders', { event });
    await again();
    expect(await ended(editor)).toBe(0);
  });

  it('keeps projects apart', async () => {
    write('a/lib.net', 'def unit = relu\n');
    write('b/lib.net', 'def unit = maxpool\n');
    const editor = start();
    const workspaceFolders = ['a', 'b'].map((name) => ({ uri: uriOf(name), name }));
    await editor.request('initialize', { ...neovim, workspaceFolders });
    for (const name of ['a', 'b'])
      open(editor, `${name}/main.net`, 'import "lib.net"\nnet N : [8, 8, 3] -> [8, 8, 3] = unit\n');
    expect(await published(editor, 'a/main.net')).toEqual([]);
    expect(await published(editor, 'b/main.net')).toHaveLength(1);
    // a text that was never saved has a project of its own
    const untitled = {
      uri: 'untitled:Untitled-1',
      languageId: 'net',
      version: 1,
      text: 'net N : ',
    };
    editor.notify('textDocument/didOpen', { textDocument: untitled });
    const told = await editor.next((m) => m.params?.uri === untitled.uri);
    expect(told.params.diagnostics.length).toBeGreaterThan(0);
    expect(await ended(editor)).toBe(0);
  });

  it('tells the newest text once where edits come fast', async () => {
    const editor = await begun(neovim);
    open(editor, 'main.net', '');
    await published(editor, 'main.net');
    for (let n = 1; n <= 20; n++)
      change(editor, 'main.net', 1 + n, `net N : [8, 8, 3] -> [8, 8, ${n}] { conv3-20 }\n`);
    const last = await editor.next((m) => m.params?.version === 21);
    expect(last.params.diagnostics).toEqual([]);
    expect(
      editor.heard.filter((m) => m.method === 'textDocument/publishDiagnostics').length,
    ).toBeLessThan(10);
    expect(await ended(editor)).toBe(0);
  });
});

describe('the protocol', () => {
  it('ends with 1 without shutdown, and when the client is gone', async () => {
    const editor = await begun();
    editor.notify('exit');
    expect((await editor.ended).code).toBe(1);
    const gone = await begun();
    gone.hangUp();
    expect((await gone.ended).code).toBe(1);
  });

  it('answers before initialize and after shutdown with errors', async () => {
    const editor = start();
    const place = { textDocument: { uri: 'file:///x.net' }, position: { line: 0, character: 0 } };
    expect((await editor.request('textDocument/hover', place)).error?.code).toBe(-32002);
    editor.notify('textDocument/didOpen', {});
    await editor.request('initialize', vscode);
    expect((await editor.request('initialize', vscode)).error?.code).toBe(-32600);
    expect((await editor.request('nothing/of/the/kind')).error?.code).toBe(-32601);
    await editor.request('shutdown');
    expect((await editor.request('textDocument/hover', place)).error?.code).toBe(-32600);
    editor.notify('exit');
    expect(await editor.ended).toEqual({ code: 0, stderr: '' });
  });

  it('refuses unknown documents and positions that are none', async () => {
    const editor = await begun();
    open(editor, 'main.net', 'net N : [8, 8, 3] -> _ = relu');
    const hover = async (uri: string, position: unknown): Promise<number | undefined> =>
      (await editor.request('textDocument/hover', { textDocument: { uri }, position })).error?.code;
    const main = uriOf('main.net');
    expect(await hover('file:///not/open.net', { line: 0, character: 0 })).toBe(-32602);
    expect(await hover(main, { line: -1, character: 0 })).toBe(-32602);
    expect(await hover(main, { line: 0.5, character: 0 })).toBe(-32602);
    expect(await hover(main, { line: 7, character: 0 })).toBe(-32602);
    expect(await hover(main, 'here')).toBe(-32602);
    expect(await hover(main, { line: 0, character: 9999 })).toBe(undefined);
    expect((await editor.request('textDocument/hover')).error?.code).toBe(-32602);
    expect(await ended(editor)).toBe(0);
  });

  it('answers a request that is cancelled while it waits once, as cancelled', async () => {
    const editor = await begun();
    open(editor, 'main.net', 'net N : [8, 8, 3] -> _ = relu');
    const request = { jsonrpc: '2.0', id: 'c', method: 'textDocument/hover', params: {} };
    const cancel = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'c' } };
    editor.together([request, cancel]);
    const answer = await editor.next((m) => m.id === 'c');
    expect(answer.error?.code).toBe(-32800);
    expect(await ended(editor)).toBe(0);
    expect(editor.heard.filter((m) => m.id === 'c')).toHaveLength(1);
  });

  it('refuses what is no message, and goes on', async () => {
    const editor = await begun();
    const mistakes = [
      ['{"jsonrpc": ', -32700],
      ['[]', -32600],
      ['7', -32600],
      ['{"id": 1, "method": "x"}', -32600],
      ['{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600],
      ['{"jsonrpc": "2.0", "id": {}, "method": "x"}', -32600],
      ['{"jsonrpc": "2.0", "id": 1, "method": "x", "params": 1}', -32600],
      ['{"jsonrpc": "2.0", "id": 1}', -32600],
    ] as const;
    for (const [text, code] of mistakes) {
      editor.raw(`Content-Length: ${text.length}\r\n\r\n${text}`);
      expect((await editor.next((m) => m.error !== undefined)).error?.code).toBe(code);
    }
    expect(await ended(editor)).toBe(0);
  });

  it('says what frame it cannot read, and goes on', async () => {
    const editor = await begun();
    for (const header of ['Content-Length: -5', 'Content-Length: 1000000000000', 'what?']) {
      editor.raw(`${header}\r\n\r\n`);
      expect((await editor.next((m) => m.error !== undefined)).error?.code).toBe(-32700);
    }
    expect(await ended(editor)).toBe(0);
    expect((await editor.ended).stderr.split('\n')).toHaveLength(4);
  });

  it('takes a line of a million characters', async () => {
    const editor = await begun(neovim);
    open(editor, 'main.net', `net N : [8, 8, 3] -> _ { relu } -- ${'x'.repeat(1_000_000)}`);
    expect(await published(editor, 'main.net')).toEqual([]);
    const place = {
      textDocument: { uri: uriOf('main.net') },
      position: { line: 0, character: 1_000_000 },
    };
    await editor.request('textDocument/hover', place);
    expect(await ended(editor)).toBe(0);
  });

  it('says how it is started', () => {
    const run = (): string =>
      execFileSync(process.execPath, [join(inject('built'), 'netc.js'), 'lsp'], {
        cwd: root, // other tests leave theirs
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run).toThrow(/netc lsp --stdio/);
  });

  it('takes the words that VS Code starts it with', () => {
    const words = [join(inject('built'), 'netc.js'), 'lsp', '--stdio', '--clientProcessId=1'];
    const { status, stderr } = spawnSync(process.execPath, words, { input: '', encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' }); // its input ended without `exit`
  });
});

/** MiB of a process that lie in memory. */
const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const isDeep = process.env['NETC_DEEP'] !== undefined;

it.runIf(isDeep && process.platform === 'linux')(
  'needs at most 150 MiB after 20,000 edits, and no more than after 2,000',
  async () => {
    const nets = 39;
    // without warnings, all of which the editor of the tests would keep
    const text = residualNets(nets).replaceAll(', conv1-c/2(bias = false))', ', unit(c, 2))');
    const line = editedLine(text.split('\n'), nets);
    const editor = await begun(neovim);
    open(editor, 'long.net', text);
    let before = NaN;
    for (let version = 2; version <= 20_001; version++) {
      const end = { line, character: version === 2 ? 3 : 5 };
      // not one of the last: those are known
      const written = String(100 + (version % 900));
      editor.notify('textDocument/didChange', {
        textDocument: { uri: uriOf('long.net'), version },
        contentChanges: [{ range: { start: { line, character: 2 }, end }, text: written }],
      });
      await editor.next((m) => m.params?.version === version);
      if (version === 2_001) before = residentOf(editor.pid);
    }
    const after = residentOf(editor.pid);
    await editor.request('shutdown');
    editor.notify('exit');
    await editor.ended;
    expect(after).toBeLessThanOrEqual(150);
    expect(after).toBeLessThan(1.1 * before);
  },
);
