/**
 * How fast an editor is answered, on files of nets like ResNet: through the stdio of `netc lsp` as editors do it, which has
 * targets, and in the same process (`Workspace`). The latter has none: this process runs without the options that the
 * server is started with (`src/cli/launch.ts`), so its figures are to be compared with each other alone.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import type { Files } from '../src/typecheck/program/modules.ts';
import { newWorkspace } from '../src/workspace/workspace.ts';
import { startEditor, type Editor } from '../test/server/editor.ts';
import { editedLine, residualNets } from '../test/server/residual-nets.ts';
import { median, type Measured } from './measure.ts';

const percentile = (all: readonly number[], p: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * p)] ?? NaN;

const ms = (name: string, value: number, target = ''): Measured => ({
  name,
  value,
  unit: 'ms',
  target,
});

const EDITS = 60;

/** A number that changes in the middle of the file, never to one that was there: of a net, or of a definition that one net uses. */
const edits = (text: string, nets: number): readonly string[] =>
  Array.from({ length: EDITS }, (_, i) => {
    const k = Math.floor(nets / 2) + (i % 3);
    return i % 2 === 0
      ? text.replace(`2x block${k}(64)`, `${3 + i}x block${k}(64)`)
      : text.replace(`def down${k}(c) = `, `def down${k}(c, n${i} = 1) = `);
  });

const inProcess = (nets: number): readonly Measured[] => {
  const text = residualNets(nets);
  const nothing: Files = {
    read: () => E.left({ code: 'E0001', message: 'is not there' }),
    resolve: (_, written) => E.right(written),
  };
  const workspace = newWorkspace(nothing);
  workspace.write('a.net', text);
  workspace.view('a.net');
  const times = edits(text, nets).map((edited) => {
    const begin = performance.now();
    workspace.write('a.net', edited);
    workspace.view('a.net');
    return performance.now() - begin;
  });
  const lines = text.split('\n').length - 1;
  return [
    ms(`in process, ${lines} lines, an edit, median`, median(times)),
    ms(`in process, ${lines} lines, an edit, p95`, percentile(times, 0.95)),
  ];
};

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

type Limits = { readonly edit: readonly [string, string]; readonly ask: string };

const uri = pathToFileURL(resolve('bench.net')).href;

const published = (editor: Editor, version: number) =>
  editor.next(
    ({ method, params }) =>
      method === 'textDocument/publishDiagnostics' && params.version === version,
  );

/** A server that is started with an open file, and how long it took until there were diagnostics. */
const started = async (text: string): Promise<{ editor: Editor; time: number }> => {
  const begin = performance.now();
  const editor = startEditor(resolve('dist/netc.js'), process.cwd());
  await editor.request('initialize', { processId: null, rootUri: null, capabilities: {} });
  editor.notify('initialized', {});
  editor.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'netc', version: 0, text },
  });
  await published(editor, 0);
  return { editor, time: performance.now() - begin };
};

const ended = async (editor: Editor): Promise<void> => {
  await editor.request('shutdown');
  editor.notify('exit');
  await editor.ended;
};

const STARTS = 5;

/** The median of some starts. */
const startOf = async (text: string): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const { editor, time } = await started(text);
    times.push(time);
    await ended(editor);
  }
  return median(times);
};

const throughStdio = async (nets: number, limits: Limits): Promise<readonly Measured[]> => {
  const text = residualNets(nets);
  const lines = text.split('\n');
  const faulty = await startOf(text.replace('block0(64)', 'block0(64); batchnorm-3'));
  const whole = await startOf(text);
  const { editor } = await started(text);
  const at = editedLine(lines, nets);
  const ask = (method: string, character: number) =>
    editor.request(method, { textDocument: { uri }, position: { line: at + 2, character } });
  const times: number[] = [];
  const asked = { hover: [] as number[], completion: [] as number[] };
  const timed = async (work: () => Promise<unknown>, into: number[]): Promise<void> => {
    const start = performance.now();
    await work();
    into.push(performance.now() - start);
  };
  let width = 1;
  const edit = (version: number, line: number, character: number, text: string) => {
    const range = { start: { line, character }, end: { line, character: character + width } };
    width = text.length;
    const contentChanges = [{ range, text }];
    editor.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return published(editor, version);
  };
  for (let version = 1; version <= EDITS; version++) {
    await timed(() => edit(version, at, 2, String(2 + version)), times);
    await timed(() => ask('textDocument/hover', 4), asked.hover);
    await timed(() => ask('textDocument/completion', 2), asked.completion);
  }
  // a definition that all nets use
  const shared = lines.findIndex((line) => line.startsWith('def unit'));
  const window = lines[shared]!.indexOf('conv3') + 4;
  width = 1;
  const ofShared: number[] = [];
  for (let i = 1; i <= 10; i++)
    await timed(() => edit(EDITS + i, shared, window, String(3 + 2 * i)), ofShared);
  const memory = process.platform === 'linux' ? residentMiB(editor.pid) : NaN;
  await ended(editor);
  const of = `stdio, ${lines.length - 1} lines`;
  return [
    ms(`${of}, from start to a fault of the first net`, faulty, nets < 100 ? '<= 300' : ''),
    ms(`${of}, from start to no fault`, whole, nets < 100 ? '<= 300' : ''),
    ms(`${of}, edit to diagnostics, median`, median(times), limits.edit[0]),
    ms(`${of}, edit to diagnostics, p95`, percentile(times, 0.95), limits.edit[1]),
    ms(`${of}, edit of what all use, to diagnostics, median`, median(ofShared)),
    ms(`${of}, hover, median`, median(asked.hover), limits.ask),
    ms(`${of}, completion, median`, median(asked.completion), limits.ask),
    {
      name: `${of}, resident memory`,
      value: memory,
      unit: 'MiB',
      target: nets < 100 ? '<= 150' : '',
    },
  ];
};

export const rows = async (): Promise<readonly Measured[]> => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'ignore' });
  return [
    ...inProcess(38),
    ...inProcess(371),
    ...(await throughStdio(38, { edit: ['<= 8', '<= 16'], ask: '<= 10' })),
    ...(await throughStdio(371, { edit: ['<= 60', ''], ask: '' })),
  ];
};
