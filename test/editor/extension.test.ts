/** Which netc the extension for VS Code starts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownServer, serverIn } from '../../editors/vscode/src/server.ts';

let folder: string;
let theirs: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netc-'));
  theirs = join(folder, 'node_modules/netc/dist/netc.js');
  mkdirSync(join(theirs, '..'), { recursive: true });
  writeFileSync(theirs, '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the server of the extension', () => {
  const where = { set: '', folders: ['/nowhere'], isTrusted: true, extension: '/extension' };

  it('is its own where there is no other', () => {
    expect(serverIn(where)).toBe(ownServer('/extension'));
  });
  it('is that of the workspace', () => {
    expect(serverIn({ ...where, folders: ['/nowhere', folder] })).toBe(theirs);
  });
  it('is the one that is set', () => {
    expect(serverIn({ ...where, folders: [folder], set: '/mine.js' })).toBe('/mine.js');
  });
  it('is its own in a workspace that is not trusted', () => {
    expect(serverIn({ ...where, folders: [folder], set: '/mine.js', isTrusted: false })).toBe(
      ownServer('/extension'),
    );
  });
});
