/** Before all tests that start netc as its users do: builds it, once. */
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

export const setup = (project: TestProject): (() => void) => {
  const cwd = join(import.meta.dirname, '..');
  const built = join('build', `test-${process.pid}`);
  execFileSync(process.execPath, ['scripts/build.mjs', built], { cwd, stdio: 'pipe' });
  project.provide('built', join(cwd, built));
  return () => rmSync(join(cwd, built), { recursive: true, force: true });
};
