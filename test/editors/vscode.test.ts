/** The extension for VS Code is activated without VS Code: its client is the real one, and speaks with the real server. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { bundled } from './bundled.ts';
import { startWorker } from '../web/page.ts';
import { startCode, type Code } from './code.ts';

const extension = join(import.meta.dirname, '../../editors/vscode');
const manifest = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
const isThere = existsSync(join(extension, 'node_modules/vscode-languageclient'));
if (!isThere) console.warn('left out: activating the extension needs `npm ci` in editors/vscode');

type Extension = {
  readonly activate: (context: object) => Promise<void>;
  readonly deactivate: () => Promise<void> | undefined;
};

/** The bundle as VS Code loads it. */
const load = (code: string, module: unknown): Extension => {
  const node = createRequire(import.meta.url);
  const made = { exports: {} };
  new Function('require', 'module', 'exports', code)(
    (name: string) => (name === 'vscode' ? module : node(name)),
    made,
    made.exports,
  );
  return made.exports as Extension;
};

type Settings = { [name: string]: string };

describe.skipIf(!isThere)('the extension', () => {
  let folder: string;
  let code: string;
  let started: Extension | undefined;
  const file = (): string => join(folder, 'main.net');
  const text = 'net Main : [8, 8, 3] -> [8, 8, 5] { conv3-5 }\n';

  beforeAll(() => {
    code = bundled('desktop', 'extension.cjs');
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'netc-code-')));
    writeFileSync(file(), text);
  }, 60_000);
  afterAll(async () => {
    await started?.deactivate();
    rmSync(folder, { recursive: true, force: true });
  });

  const activate = async (settings: Settings = {}, shown = text): Promise<Code> => {
    await started?.deactivate();
    const editor = startCode([folder], { [file()]: shown }, settings);
    started = load(code, editor.module);
    await started.activate({ extensionPath: join(folder, 'extension'), subscriptions: [] });
    return editor;
  };
  const subject = () => ({ uri: pathToFileURL(file()).href, net: 'Main' });
  const server = (): string => join(inject('built'), 'netc.js');

  it('registers every command that it says it has', async () => {
    const { commands, logged } = await activate({ 'server.path': server() });
    const said = manifest.contributes.commands.map((c: { command: string }) => c.command);
    expect([...commands.keys()].sort()).toEqual([...said].sort());
    expect(logged).toEqual([]);
  });

  it('shows what its server finds wrong in an open file', async () => {
    const broken = text.replace('conv3-5', 'conv3-5; batchnorm-3');
    const editor = await activate({ 'server.path': server() }, broken);
    const found = (): readonly any[] => editor.diagnostics.get(pathToFileURL(file()).href) ?? [];
    await vi.waitFor(() => expect(found()).toHaveLength(1), { timeout: 20_000 });
    expect(found()[0]).toMatchObject({
      code: { value: 'E0210', target: { path: expect.stringMatching(/E0210\.md$/) } },
      message: expect.stringContaining('`batchnorm` expects 3 channels, but its input has 5'),
      range: { start: { line: 0, character: text.indexOf('conv3-5') + 9 } },
      source: 'netc',
    });
  });

  it('shows texts that its server makes of a net', async () => {
    const editor = await activate({ 'server.path': server() });
    await editor.commands.get('netc.summary')!(subject());
    await editor.commands.get('netc.graph')!(subject());
    await editor.commands.get('netc.diagram')!(subject());
    expect(editor.shown.map((title) => title.replace(/\?.*/, ''))).toEqual([
      'netc:Main.summary.txt',
      'netc:Main.graph.net',
      'Main: diagram',
    ]);
    expect(await editor.textOf(editor.shown[0]!)).toMatch(/^Main : \[8, 8, 3\] -> \[8, 8, 5\]/);
    expect(await editor.textOf(editor.shown[1]!)).toContain('conv');
  });

  it.each([
    ['of the workspace', 'node_modules/netc/dist/netc.js'],
    ['of its own', 'extension/server/dist/netc.js'],
  ])('starts the server %s', async (_, place) => {
    const netc = join(folder, place);
    const trace = join(folder, 'started');
    mkdirSync(dirname(netc), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      netc,
      `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(trace)}, ${JSON.stringify(place)});
process.argv[1] = ${JSON.stringify(server())};
await import(${JSON.stringify(pathToFileURL(server()).href)});
`,
    );
    await activate();
    expect(readFileSync(trace, 'utf8')).toBe(place);
    rmSync(netc);
  });

  it('does not run a net with the server that has no engine', async () => {
    const own = join(folder, 'extension/server/dist/netc.js');
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, `await import(${JSON.stringify(pathToFileURL(server()).href)});`);
    const editor = await activate();
    await editor.commands.get('netc.train')!(subject());
    expect(editor.said).toEqual([expect.stringContaining('needs TensorFlow.js')]);
  });

  it('has in a browser the commands that need no desktop, and the server as a worker', async () => {
    const worker = bundled('worker', 'worker.js');
    class FakeWorker {
      readonly listeners: ((event: { readonly data: unknown }) => void)[] = [];
      readonly own = startWorker(worker, (data) =>
        this.listeners.forEach((hear) => hear({ data })),
      );
      set onmessage(listener: (event: { readonly data: unknown }) => void) {
        this.listeners.push(listener);
      }
      addEventListener(): void {}
      postMessage(data: unknown): void {
        this.own.post(data);
      }
      terminate(): void {}
    }
    vi.stubGlobal('Worker', FakeWorker);
    await started?.deactivate();
    const editor = startCode([folder], { [file()]: text });
    started = load(bundled('web', 'web.cjs'), editor.module);
    const extensionUri = new URL('https://extension.test/');
    await started.activate({
      extensionUri: { scheme: 'https', authority: extensionUri.host, path: '' },
      subscriptions: [],
    });
    const said = manifest.contributes.commands
      .filter((c: { enablement?: string }) => c.enablement !== '!isWeb')
      .map((c: { command: string }) => c.command);
    expect([...editor.commands.keys()].sort()).toEqual(said.sort());
    await editor.commands.get('netc.summary')!(subject());
    expect(await editor.textOf(editor.shown[0]!)).toMatch(/^Main : \[8, 8, 3\] -> \[8, 8, 5\]/);
    vi.unstubAllGlobals();
  });
});
