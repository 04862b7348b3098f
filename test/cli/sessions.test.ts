/** Each text in sessions/ is what happens. `NETC_UPDATE=1` writes what commands print into it; read the diff. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { expectGolden } from '../golden.ts';
import { newFolder, removeFolder } from './session.ts';
import { played } from './sessions.ts';

const folder = join(import.meta.dirname, 'sessions');

test.each(readdirSync(folder))('%s', async (name) => {
  const path = join(folder, name);
  const room = newFolder({});
  try {
    expectGolden(path, await played(room, readFileSync(path, 'utf8')));
  } finally {
    removeFolder(room);
  }
});
