// Bundles the clients, the server for browsers, and puts the built netc beside them as the server for workspaces that have
// none.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { desktop, web, worker } from './bundles.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const home = join(here, '../..');

if (!existsSync(join(home, 'dist/netc.js'))) {
  console.error('dist/netc.js is missing: run `npm run build` in the root of the repository first');
  process.exit(1);
}
rmSync(join(here, 'dist'), { recursive: true, force: true });
await Promise.all([desktop, web, worker].map(build));
const server = join(here, 'server');
rmSync(server, { recursive: true, force: true });
// the server reads its own version, and the pages that messages link to; maps and what V8 kept of the program stay here
for (const part of ['dist', 'docs/errors', 'passes', 'package.json'])
  cpSync(join(home, part), join(server, part), {
    recursive: true,
    filter: (f) => !/\.map$|\.v8-/.test(f),
  });
