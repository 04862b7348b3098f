// Loads sources for the scripts that write documents and grammars from the tables of the language.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The path of a file of the repository. */
export const inRoot = (path) => join(root, path);

/** All that some files of `src` export, together. */
export const exportsOf = async (...files) => {
  const folder = await mkdtemp(join(tmpdir(), 'netc-'));
  try {
    const outfile = join(folder, 'sources.mjs');
    await build({
      stdin: { contents: files.map((f) => `export * from './${f}';`).join('\n'), resolveDir: root },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
};
