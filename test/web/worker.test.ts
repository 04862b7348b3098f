/** The server as a web worker: the bundle of the extension, without anything of Node. */
import { beforeAll, describe, expect, it } from 'vitest';
import { neovim, vscode } from '../server/clients.ts';
import { bundled } from '../editors/bundled.ts';
import { openPage, type Page } from './page.ts';

const root = 'vscode-vfs://github/me/nets';
const home = 'https://extension.test/server/';

let code: string;
beforeAll(() => {
  code = bundled('worker', 'worker.js');
}, 60_000);

const texts = {
  [`${root}/main.net`]: 'import "lib/unit.net" (unit)\nnet N : [8, 8, 3] -> [8, 8, 4] { unit-4 }\n',
  [`${root}/lib/unit.net`]: 'def unit(c) = conv3-c; relu\n',
};

const begun = async (client: object = neovim): Promise<Page> => {
  const page = openPage(code);
  page.tell({ netc: { texts, home } });
  const workspaceFolders = [{ uri: root, name: 'nets' }];
  await page.request('initialize', { processId: null, workspaceFolders, ...client });
  page.notify('initialized', {});
  return page;
};

const open = (page: Page, name: string, text: string): void =>
  page.notify('textDocument/didOpen', {
    textDocument: { uri: `${root}/${name}`, languageId: 'netc', version: 1, text },
  });

const faultsOf = async (page: Page, name: string): Promise<readonly any[]> => {
  const told = await page.next(
    (m) => m.method === 'textDocument/publishDiagnostics' && m['params'].uri === `${root}/${name}`,
  );
  return told['params'].diagnostics;
};

describe('the worker', () => {
  it('checks programs that import each other', async () => {
    const page = await begun();
    open(page, 'main.net', texts[`${root}/main.net`]!);
    expect(await faultsOf(page, 'main.net')).toEqual([]);
    page.tell({ netc: { texts: { [`${root}/lib/unit.net`]: 'def unit(c) = conv3-8\n' } } });
    page.notify('workspace/didChangeWatchedFiles', { changes: [] });
    expect(await faultsOf(page, 'main.net')).toEqual([
      expect.objectContaining({
        code: 'E0206',
        codeDescription: { href: `${home}docs/errors/E0206.md` },
      }),
    ]);
    page.tell({ netc: { texts: { [`${root}/lib/unit.net`]: null } } });
    page.notify('workspace/didChangeWatchedFiles', { changes: [] });
    expect(await faultsOf(page, 'main.net')).toEqual([expect.objectContaining({ code: 'E0001' })]);
  });

  it('knows addresses that an editor writes otherwise', async () => {
    const page = openPage(code);
    const file = 'memfs:/a%3Ab/sub dir/x.net'.replace('memfs:', 'memfs://h');
    page.tell({ netc: { texts: { [file]: 'def unit(c) = conv3-c\n' } } });
    const workspaceFolders = [{ uri: 'memfs://h/a:b', name: 'a' }];
    await page.request('initialize', { processId: null, workspaceFolders, ...neovim });
    const uri = 'memfs://h/a%3Ab/sub%20dir/y.net';
    const text = 'import "x.net" (unit)\nnet N : [8, 8, 3] -> [8, 8, 4] { unit-4 }\n';
    page.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'netc', version: 1, text },
    });
    const place = { textDocument: { uri }, position: { line: 1, character: 36 } };
    const { result } = await page.request('textDocument/definition', place);
    expect(JSON.stringify(result)).toContain(file);
  });

  it('offers and knows netc’s own passes', async () => {
    const page = await begun();
    open(page, 'a.net', 'import "fc-to-conv.net" (fc_to_conv)\n');
    const diagnostics = await faultsOf(page, 'a.net');
    const { range } = diagnostics[0];
    const textDocument = { uri: `${root}/a.net` };
    const context = { diagnostics };
    const fixes = await page.request('textDocument/codeAction', { textDocument, range, context });
    expect(JSON.stringify(fixes['result'])).toContain('netc:passes/fc-to-conv.net');
    open(
      page,
      'b.net',
      'import "netc:passes/fc-to-conv.net" (fc_to_conv)\nnet A : [32, 32, 3] -> [10] { flatten; fc-10 }\nnet B = fc_to_conv(A)\n',
    );
    expect(await faultsOf(page, 'b.net')).toEqual([]);
    const place = {
      textDocument: { uri: `${root}/b.net` },
      position: { line: 2, character: 10 },
    };
    const { result } = await page.request('textDocument/definition', place);
    expect(JSON.stringify(result)).toContain(`${home}passes/fc-to-conv.net`);
    const hover = await page.request('textDocument/hover', place);
    expect(hover['result'].contents.value).toContain('fc_to_conv');
  });

  it('refuses what leads out of the folder', async () => {
    const page = await begun();
    open(page, 'a.net', 'import "../x.net"\n');
    expect(await faultsOf(page, 'a.net')).toEqual([expect.objectContaining({ code: 'E0005' })]);
  });

  it('renames nothing that a program which was not sent may have', async () => {
    const renamed = async (areAll: boolean): Promise<string> => {
      const page = await begun();
      page.tell({ netc: { texts: {}, areAll } });
      open(page, 'lib/unit.net', texts[`${root}/lib/unit.net`]!);
      return JSON.stringify(
        await page.request('textDocument/rename', {
          textDocument: { uri: `${root}/lib/unit.net` },
          ...{ position: { line: 0, character: 5 }, newName: 'other' },
        }),
      );
    };
    expect(await renamed(true)).toContain(`${root}/main.net`);
    expect(await renamed(false)).toContain('more files than are looked through');
  });

  it('goes from initialize to exit', async () => {
    const page = await begun(vscode);
    expect(await page.request('shutdown', {})).toMatchObject({ result: null });
    page.notify('exit', {});
    await new Promise((done) => setTimeout(done, 10));
    expect(page.isClosed()).toBe(true);
  });
});
