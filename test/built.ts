/**
 * Before all tests: builds netc once, for those that start it as its users do (`program`), and what threads run, since
 * Node 20 runs no TypeScript.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that netc was built in, in place of `dist`. */
    readonly built: string;
  }
}

const root = join(import.meta.dirname, '..');

export const setup = (project: TestProject): (() => void) => {
  const built = join('build', `test-${process.pid}`);
  const node = (...args: readonly string[]): void =>
    void execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe' });
  node('scripts/build.mjs', built);
  const worker = "import { buildDataWorker } from './scripts/build.mjs'; await buildDataWorker();";
  node('--input-type=module', '--eval', worker);
  project.provide('built', join(root, built));
  return () => rmSync(join(root, built), { recursive: true, force: true });
};
