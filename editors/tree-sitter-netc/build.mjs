// Generates the parser from the grammar, builds it as WebAssembly, and notes what it was made of, which
// test/editors/tree-sitter.test.ts compares. Needs tree-sitter's command line 0.27 (`cargo install tree-sitter-cli`), and
// clang, lld and wasi-libc, as Debian has them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const run = (program, ...words) => execFileSync(program, words, { cwd: here, stdio: 'inherit' });

run('tree-sitter', 'generate');
// the target has code that can be moved; wasi-libc has the headers, and whoever loads the parser the functions
run(
  'clang',
  ...['--target=wasm32-unknown-emscripten', '-fPIC', '-fvisibility=hidden', '-Os', '-nostdlib'],
  ...['-D__wasi__', '-isystem', '/usr/include/wasm32-wasi', '-I', 'src'],
  ...['src/parser.c', 'src/scanner.c', '-o', 'tree-sitter-netc.wasm'],
  ...[
    '--shared',
    '--experimental-pic',
    '--export=tree_sitter_netc',
    '--allow-undefined',
    '--no-entry',
  ].map((option) => `-Wl,${option}`),
);

const sources = ['grammar.js', 'words.js', 'src/parser.c', 'src/scanner.c', 'src/words.h'];
const digest = (file) =>
  createHash('sha256')
    .update(readFileSync(join(here, file)))
    .digest('hex');
const lines = [...sources, 'tree-sitter-netc.wasm'].map((file) => `${digest(file)}  ${file}\n`);
writeFileSync(join(here, 'built.sha256'), lines.join(''));
