// Bundles netc for browsers into dist/web/: one module with the compiler and what runs and trains nets, TensorFlow.js beside
// it, and a page that shows what it does (docs/browser.md). TensorFlow.js stays outside of the module: a page names it in
// an import map, and a bundler has its own.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { lightFpTs } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `netc:package`: a browser has no files, so the passes that netc ships come with it. */
const ownPackage = {
  name: 'the package of netc',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^netc:package$/ }, ({ path }) => ({ path, namespace: 'netc' }));
    bundler.onLoad({ filter: /.*/, namespace: 'netc' }, () => {
      const pages = Object.fromEntries(
        readdirSync(join(root, 'passes')).map((name) => [
          `passes/${name}`,
          readFileSync(join(root, 'passes', name), 'utf8'),
        ]),
      );
      return { contents: JSON.stringify({ pages }), loader: 'json' };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** netc itself. */
export const module = {
  ...common,
  entryPoints: { netc: 'web/netc.ts' },
  external: ['@tensorflow/*'],
  plugins: [lightFpTs, ownPackage],
};

const parts = ['core', 'backend-cpu', 'backend-wasm', 'backend-webgpu'];

/** TensorFlow.js, a module for each package; what several of them have is in modules of its own. */
const tensorflow = {
  ...common,
  entryPoints: Object.fromEntries(
    parts.map((part) => [`tfjs-${part}`, `@tensorflow/tfjs-${part}`]),
  ),
  splitting: true,
  chunkNames: 'tfjs-shared-[hash]',
};

const binaries = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

/** Builds all of it into a folder, in place of what is there; gives the size of each file, and gzipped. */
export const buildWeb = async (outdir) => {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await Promise.all([module, tensorflow].map((part) => build({ ...part, outdir })));
  const backend = dirname(
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'),
  );
  for (const name of binaries) copyFileSync(join(backend, 'dist', name), join(outdir, name));
  copyFileSync(join(root, 'web/index.html'), join(outdir, 'index.html'));
  return readdirSync(outdir).map((name) => {
    const bytes = readFileSync(join(outdir, name));
    return { name, bytes: bytes.length, gzipped: gzipSync(bytes).length };
  });
};

const kB = (bytes) => `${Math.ceil(bytes / 1000)} kB`.padStart(8);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = await buildWeb(join(root, 'dist/web'));
  for (const { name, bytes, gzipped } of files)
    console.log(`${name.padEnd(28)}${kB(bytes)}${kB(gzipped)} gzipped`);
  console.log('dist/web/index.html is the page: serve the folder, `npx http-server dist/web`');
}
