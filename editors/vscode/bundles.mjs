// The bundles of the extension: the client for desktops and for browsers, and the server for browsers.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const home = join(here, '../..');

const textsBelow = (folder) =>
  readdirSync(join(home, folder)).map((name) => {
    const path = `${folder}/${name}`;
    return [path, readFileSync(join(home, path), 'utf8')];
  });

/** `netc:package`: a browser has no files, so what the server reads of its own comes with it. */
const ownPackage = {
  name: 'the package of netc',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^netc:package$/ }, ({ path }) => ({ path, namespace: 'netc' }));
    bundler.onLoad({ filter: /.*/, namespace: 'netc' }, () => {
      const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
      const pages = Object.fromEntries([...textsBelow('docs/errors'), ...textsBelow('passes')]);
      return { contents: JSON.stringify({ version, pages }), loader: 'json' };
    });
  },
};

const common = {
  absWorkingDir: here,
  outdir: 'dist',
  bundle: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const client = { ...common, format: 'cjs', outExtension: { '.js': '.cjs' }, external: ['vscode'] };

export const desktop = {
  ...client,
  entryPoints: ['src/extension.ts'],
  platform: 'node',
  target: 'node20',
};
export const web = {
  ...client,
  entryPoints: ['src/web.ts'],
  platform: 'browser',
  target: 'es2022',
};
export const worker = {
  ...common,
  entryPoints: ['src/worker.ts'],
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  plugins: [ownPackage],
};
