/** The module for browsers on a site of its own, and Chromium with a page of it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const root = join(import.meta.dirname, '../..');

/** The size of a file of the site, and gzipped. */
export type Built = {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
};

/** Builds into a folder, in a process of its own: esbuild does not run under vitest's modules. */
export const built = async (folder: string): Promise<readonly Built[]> => {
  const script = `import { buildWeb } from './scripts/build-web.mjs';
console.log(JSON.stringify(await buildWeb(${JSON.stringify(folder)})));`;
  const node = [process.execPath, ['--input-type=module', '--eval', script]] as const;
  return JSON.parse((await promisify(execFile)(...node, { cwd: root })).stdout);
};

/** Chromium, as Debian has it unless another one is named. */
const executablePath = process.env['NETC_CHROMIUM'] ?? '/usr/bin/chromium';

/** WebGPU without a GPU: SwiftShader computes. */
const flags = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A site with the module, as a page of it sees it. */
export type Site = {
  readonly page: Page;
  /** what the page has printed that is no log, and what it has thrown */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
};

/** Whether pages are isolated, and whether something plays a GPU. */
type Kind = { readonly isIsolated?: boolean; readonly hasGpu?: boolean };

/** Serves the folder, to pages that are isolated or not, and opens its page. */
const openSite = async (
  folder: string,
  { isIsolated = false, hasGpu = true }: Kind,
): Promise<Site> => {
  const isolation = isIsolated
    ? {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }
    : {};
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = join(folder, pathname === '/' ? 'index.html' : pathname);
    const type = types[extname(path)];
    if (type === undefined || !existsSync(path)) return response.writeHead(204).end();
    return response.writeHead(200, { 'content-type': type, ...isolation }).end(readFileSync(path));
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { chromium } = await import('playwright-core'); // which takes a while
  const browser = await chromium.launch({
    executablePath,
    args: hasGpu ? flags : ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (said) => {
    if (said.type() !== 'log') complaints.push(said.text());
  });
  page.on('pageerror', (thrown) => complaints.push(String(thrown)));
  await page.goto(`http://localhost:${port}/`);
  // an import within a test is another one when vitest has read it
  const script = "import * as netc from './netc.js'; globalThis.netc = netc;";
  await page.addScriptTag({ type: 'module', content: script });
  await page.waitForFunction('globalThis.netc !== undefined');
  return {
    page,
    complaints,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
};

/** Sites of one build; closing all of them removes it. */
export const sites = async (folder: string) => {
  await built(folder);
  const open: Site[] = [];
  return {
    open: async (kind: Kind = {}): Promise<Site> => {
      const site = await openSite(folder, kind);
      open.push(site);
      return site;
    },
    close: async (): Promise<void> => {
      for (const { close } of open) await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
