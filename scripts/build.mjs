// Bundles the command line into dist/. The bundle loads and builds the parser in a quarter of the time that
// separate files take; TensorFlow.js stays outside and is only reached through dynamic imports.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Another folder inside the package may be given, for a test that must not disturb the real one. */
const outdir = process.argv[2] ?? 'dist';
const dist = join(root, outdir);

/** fp-ts ships CommonJS under lib/ and the same modules as ESM under es6/, of which only what is used is kept. */
const lightFpTs = {
  name: 'fp-ts as modules',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^fp-ts\/lib\// }, ({ path }) => ({
      path: join(root, 'node_modules', path.replace('/lib/', '/es6/')),
    })),
};

/** What is bundled by itself stays outside of what calls it. */
const checkApart = {
  name: 'check apart',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^\.\/commands\/check\.ts$/ }, () => ({
      path: './check.js',
      external: true,
    })),
};

/** What is bundled, also for those who only want to look at it (`metafile`). */
export const options = {
  absWorkingDir: root,
  entryPoints: { netc: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@tensorflow/*', 'sharp', 'webgpu'],
  plugins: [lightFpTs, checkApart],
  // half of the time of a small check is V8 reading this text; reports of faults tell places of the sources by the map
  minify: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  // commander is CommonJS and requires Node's own modules
  banner: {
    js: "import { createRequire as netcRequire } from 'node:module'; const require = netcRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
};

/** The command that is called most: in one file it starts sooner than as parts that it shares with others. */
export const check = {
  ...options,
  entryPoints: { check: 'src/cli/commands/check.ts' },
  splitting: false,
  plugins: [lightFpTs],
};

/** What threads run that decode pictures: a bundle of its own, so that netc is not split where both have a part. */
const threads = {
  ...options,
  entryPoints: { 'data-worker': 'src/runtime/dataset/worker/thread.ts' },
  splitting: false,
};

/** The plugin of Prettier, by itself too. */
const plugin = {
  ...options,
  entryPoints: { prettier: 'src/prettier/plugin.ts' },
  splitting: false,
};

/** Puts what threads run where the sources look for it (worker/crew.ts): for tests and benches. */
export const buildDataWorker = async () => {
  const { outputFiles } = await build({
    ...threads,
    ...{ metafile: false, sourcemap: false, write: false },
  });
  const file = join(root, 'build', 'data-worker.js');
  const temporary = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, outputFiles[0].contents);
  renameSync(temporary, file); // other tests may be starting threads
};

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const begin = performance.now();
  mkdirSync(dist, { recursive: true });
  // esbuild has told what is wrong already; what was built before stays
  const parts = await Promise.all(
    [options, check, threads, plugin].map((part) => build({ ...part, outdir })),
  ).catch(() => process.exit(1));
  const outputs = Object.assign({}, ...parts.map(({ metafile }) => metafile.outputs));
  const made = new Set(Object.keys(outputs));
  for (const path of filesBelow(dist)) if (!made.has(relative(root, path))) rmSync(path);
  chmodSync(join(dist, 'netc.js'), 0o755);
  const programs = [...made].filter((path) => path.endsWith('.js'));
  const size = programs.reduce((sum, path) => sum + outputs[path].bytes, 0);
  console.log(
    `${outdir}/netc.js: ${(size / 1024).toFixed(0)} KiB in ${programs.length} files, ${(performance.now() - begin).toFixed(0)} ms`,
  );
}
