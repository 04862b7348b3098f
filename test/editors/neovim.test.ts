/** The configuration of editors/neovim in a real Neovim without a screen, where there is one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { present } from './present.ts';

const root = join(import.meta.dirname, '../..');
const isThere = present('nvim', 'the test of editors/neovim') !== undefined;

const program = `-- A file with one mistake, and an untidy line.
def stage(c) { conv3-c; relu }

net Main : [8, 8, 3] -> [4] {
  stage-16
  batchnorm-8
  gap;   fc-4
}
`;

const mended = program.replace('batchnorm-8', 'batchnorm-16');
const renamed = mended.replaceAll(/\bstage\b/g, 'section');

describe.skipIf(!isThere)('Neovim', () => {
  let folder: string;
  let seen: Record<string, unknown>;

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'netc-nvim-')));
    writeFileSync(join(folder, 'main.net'), program);
    const command = [process.execPath, join(inject('built'), 'netc.js'), 'lsp', '--stdio'];
    const init = `vim.opt.runtimepath:append('${join(root, 'editors/neovim')}')
vim.cmd('filetype plugin on | syntax on')
require('netc').setup({ cmd = { ${command.map((word) => `'${word}'`).join(', ')} } })
`;
    writeFileSync(join(folder, 'init.lua'), init);
    const session = join(root, 'test/editors/neovim/session.lua');
    const run = spawnSync(
      'nvim',
      ['--headless', '--clean', '-u', join(folder, 'init.lua'), '-c', `luafile ${session}`],
      {
        cwd: folder,
        env: { ...process.env, NETC_SEEN: join(folder, 'seen.json'), XDG_STATE_HOME: folder },
        encoding: 'utf8',
        timeout: 50_000,
      },
    );
    if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
    seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    if (seen['fault'] !== undefined) throw new Error(String(seen['fault']));
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('knows the file', () => {
    expect(seen).toMatchObject({ filetype: 'netc', commentstring: '-- %s' });
  });
  it('colours it without a server', () => {
    const ofStage = ['netcDeclaration', 'netcName', 'netcOperator', 'netcNumber', 'netcSign', ''];
    expect(seen['colours']).toEqual(ofStage);
  });
  it('shows what is wrong', () => {
    expect(seen['diagnostics']).toEqual([
      expect.objectContaining({
        code: 'E0210',
        line: 6,
        message: expect.stringContaining('`batchnorm` expects 8 channels, but its input has 16'),
        severity: 1,
      }),
    ]);
  });
  it('says what a layer is', () => {
    expect(seen['hover']).toContain('stage-16 : [8, 8, 3] -> [8, 8, 16]');
    expect(seen['hover']).toContain('**MACs** 27.65 k');
  });
  it('offers fixes, the likeliest first, and applies it', () => {
    expect(seen['actions']).toEqual([
      'write `batchnorm-16`',
      'write `batchnorm`, which takes the channels as they come',
      'write its arguments with names: `batchnorm(channels = 8)`',
    ]);
    expect(seen['fixed']).toBe(mended.trimEnd());
  });
  it('renames a definition from a use that it followed', () => {
    expect(seen['renamed']).toBe(renamed.trimEnd());
  });
  it('lays the file out', () => {
    expect(seen['formatted']).toBe(renamed.replace('gap;   fc-4', 'gap; fc-4').trimEnd());
  });
  it('has commands above the net, and shows its summary', () => {
    expect(seen['lenses']).toEqual(['netc.run', 'netc.summary']);
    expect(seen['summary']).toMatch(/^Main : \[8, 8, 3\] -> \[4\]\n/);
  });
});
