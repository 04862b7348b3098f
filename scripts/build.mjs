// Bundles the command line into dist/: one file with all of netc, which V8 compiles once (src/cli/launch.ts). TensorFlow.js
// stays outside and is only reached through dynamic imports.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Another folder inside the package may be given, for a test that must not disturb the real one. */
const outdir = process.argv[2] ?? 'dist';
const dist = join(root, outdir);

/** fp-ts ships CommonJS under lib/ and the same modules as ESM under es6/, of which only what is used is kept. */
export const lightFpTs = {
  name: 'fp-ts as modules',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^fp-ts\/lib\// }, ({ path }) => ({
      path: join(root, 'node_modules', path.replace('/lib/', '/es6/')),
    })),
};

/** Commander starts programs for commands that are programs of their own; none is, and loading what starts them takes time. */
const noPrograms = {
  name: 'commander without programs',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'nothing' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** What all bundles have in common. */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@tensorflow/*', 'sharp', 'webgpu'],
  plugins: [lightFpTs, noPrograms],
  // reports of faults tell places of the sources by the map
  minify: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** The program, also for those who only want to look at it (`metafile`): a function of what `launch.ts` gives it. */
export const program = {
  ...common,
  entryPoints: { program: 'src/cli/main.ts' },
  entryNames: '[name]-[hash]',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // in code that it kept V8 has forgotten how modules are imported, so all are required
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'netcAddress' },
  banner: { js: '(function (require, module, netcAddress) {' },
  footer: { js: '})' },
};

/** What is started: it knows the name of the program, which changes with it. */
const launcher = (bundle) => ({
  ...common,
  entryPoints: { netc: 'src/cli/launch.ts' },
  define: { netcBundle: JSON.stringify(`./${basename(bundle)}`) },
});

/** What threads run: those that decode pictures or help wasm, and the one in which TensorFlow computes. */
const threads = {
  ...common,
  entryPoints: {
    'data-worker': 'src/runtime/dataset/worker/thread.ts',
    'tensorflow-worker': 'src/runtime/node/tensorflow/thread.ts',
    'wasm-worker': 'src/runtime/node/wasm/thread.ts',
  },
};

/** The plugin of Prettier. */
const plugin = {
  ...common,
  entryPoints: { prettier: 'src/prettier/plugin.ts' },
};

/** Puts what threads run where the sources look for it: for tests and benches. */
export const buildThreads = async () => {
  const { outputFiles } = await build({
    ...threads,
    ...{ metafile: false, sourcemap: false, write: false },
  });
  const folder = join(root, 'build');
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) {
    const file = join(folder, basename(path));
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, contents);
    renameSync(temporary, file); // other tests may be starting threads
  }
};

/**
 * Starts the language server as an editor does: a file is opened and edited, and questions are asked of it. It ends once
 * the diagnostics of the edits have come.
 */
const serveOnce = (netc, file) =>
  new Promise((done) => {
    const server = spawn(process.execPath, [netc, 'lsp', '--stdio'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 60_000,
    });
    const say = (message) => {
      const text = JSON.stringify({ jsonrpc: '2.0', ...message });
      server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    const textDocument = { uri: pathToFileURL(join(root, file)).href };
    const text = readFileSync(join(root, file), 'utf8');
    const position = {
      line: text.slice(0, text.indexOf('relu')).split('\n').length - 1,
      character: 4,
    };
    const range = { start: position, end: position };
    const questions = [
      ...['hover', 'completion', 'inlayHint', 'semanticTokens/full', 'documentSymbol'],
      ...['codeAction', 'codeLens', 'foldingRange', 'documentLink', 'documentHighlight'],
    ];
    let asked = 0;
    const ask = () =>
      questions.forEach((method) =>
        say({
          ...{ id: ++asked, method: `textDocument/${method}` },
          params: { textDocument, position, range, context: { diagnostics: [] } },
        }),
      );
    const edits = ['x', '', 'x', ''].map((typed, i) => [
      { text: typed, range: { start: position, end: { ...position, character: 4 + (i % 2) } } },
    ]);
    let version = 0;
    say({ id: 0, method: 'initialize', params: { capabilities: {} } });
    say({ method: 'initialized', params: {} });
    const opened = { ...textDocument, languageId: 'netc', version, text };
    say({ method: 'textDocument/didOpen', params: { textDocument: opened } });
    ask();
    let heard = '';
    server.stdout.on('data', (bytes) => {
      heard += bytes;
      // what belongs to an older version than the newest has been heard before
      if (!heard.includes(`"version":${version},"diagnostics"`)) return;
      heard = '';
      const contentChanges = edits[version++];
      if (contentChanges !== undefined) {
        const changed = { ...textDocument, version };
        say({
          method: 'textDocument/didChange',
          params: { textDocument: changed, contentChanges },
        });
        return ask();
      }
      say({ id: 'end', method: 'shutdown' });
      say({ method: 'exit' });
      server.stdin.end();
    });
    server.on('close', done);
  });

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const begin = performance.now();
  if (isAbsolute(outdir) || normalize(outdir).startsWith('..')) {
    console.error(`${outdir}: expected a folder inside the package; all else in it is removed`);
    process.exit(1);
  }
  mkdirSync(dist, { recursive: true });
  const made = {};
  const bundle = async (part) => {
    const { metafile } = await build({ ...part, outdir });
    Object.assign(made, metafile.outputs);
    return Object.keys(metafile.outputs).find((path) => /\.c?js$/.test(path));
  };
  const withLauncher = async () => bundle(launcher(await bundle(program)));
  // esbuild has told what is wrong already; what was built before stays
  const [netc] = await Promise.all([withLauncher(), bundle(threads), bundle(plugin)]).catch(() =>
    process.exit(1),
  );
  // what `build-web.mjs` has made is its own
  for (const name of readdirSync(dist))
    if (name !== 'web' && !(join(outdir, name) in made))
      rmSync(join(dist, name), { recursive: true });
  chmodSync(join(root, netc), 0o755);
  // the first start keeps what it compiled, for all that come after
  spawnSync(process.execPath, [netc, 'check', 'examples/vgg.net'], { cwd: root, stdio: 'ignore' });
  await serveOnce(netc, 'examples/resnet.net');
  const size = Object.keys(made).reduce((sum, p) => sum + (/js$/.test(p) ? made[p].bytes : 0), 0);
  console.log(
    `${netc}: ${(size / 1024).toFixed(0)} KiB, ${(performance.now() - begin).toFixed(0)} ms`,
  );
}
