/** The module that pages load, as it is built. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built, type Built } from './site.ts';

const folder = mkdtempSync(join(tmpdir(), 'netc-web-'));
let files: readonly Built[];
beforeAll(async () => {
  files = await built(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the module for browsers', () => {
  it('has less than 400 kB when it is gzipped, without TensorFlow.js', () => {
    const { bytes, gzipped } = files.find(({ name }) => name === 'netc.js')!;
    expect(bytes).toBeGreaterThan(500_000);
    expect(gzipped).toBeLessThan(400_000);
  });

  it('imports TensorFlow.js alone, which the page names in its import map', () => {
    const text = readFileSync(join(folder, 'netc.js'), 'utf8');
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const names = text.matchAll(/\b(?:import\(?|from)\s*"(@[^"]+|node:[^"]+)"/g);
    const imported = new Set(Array.from(names, ([, name]) => name));
    const mapped = Array.from(page.matchAll(/"(@tensorflow\/[^"]+)": "\.\/([^"]+)"/g));
    // on a memory that threads share, which a browser is never asked for
    const shared = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
    expect([...imported].sort()).toEqual([...mapped.map(([, name]) => name), shared].sort());
    const there = readdirSync(folder);
    for (const [, , file] of mapped) expect(there).toContain(file);
  });
});
