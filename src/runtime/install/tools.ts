/** The programs of this machine that do part of the work. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { missingTool } from './faults.ts';
import { lastLines, run, type Command, type Surroundings } from './process.ts';

/** A program, and what it says of its version. */
export type Tool = { readonly command: Command; readonly version: string };

/** The first of these that says its version. */
const firstOf = async (
  candidates: readonly Command[],
  around: Surroundings,
  suits: (version: string) => boolean = () => true,
): Promise<Tool | undefined> => {
  for (const command of candidates) {
    const ran = await run(command, ['--version'], around);
    const version = ran.out.split('\n')[0]?.trim() ?? '';
    if (ran.ok && suits(version)) return { command, version };
  }
  return undefined;
};

/** Older ones know no `manylinux_2_27`. */
const leastPip = [20, 3] as const;

const isUsablePip = (said: string): boolean => {
  const [, major = 0, minor = 0] = (/^pip (\d+)\.(\d+)/.exec(said) ?? []).map(Number);
  return major > leastPip[0] || (major === leastPip[0] && minor >= leastPip[1]);
};

/** pip, if there is one that knows these wheels. It serves as a downloader only. */
export const findPip = (around: Surroundings): Promise<Tool | undefined> =>
  firstOf([['pip3'], ['pip'], ['python3', '-m', 'pip']], around, isUsablePip);

/** npm (E0712). */
export const findNpm = async (around: Surroundings): Promise<Either<Diagnostic, Tool>> => {
  const npm = await firstOf([['npm']], around);
  return npm === undefined
    ? E.left(
        missingTool(
          'npm is not found, which fetches packages',
          'it comes with Node: https://nodejs.org; Debian and Ubuntu: `apt install npm`',
        ),
      )
    : E.right(npm);
};

/** A compiler of C++ (E0712): that of `CXX`, or the first that is there. */
export const findCompiler = async (around: Surroundings): Promise<Either<Diagnostic, Tool>> => {
  const [named, ...options] = (around.env['CXX'] ?? '').split(/\s+/).filter((word) => word !== '');
  const usual = ['g++', 'clang++', 'c++'];
  const candidates: readonly Command[] =
    named === undefined ? usual.map((name): Command => [name]) : [[named, ...options]];
  const found = await firstOf(candidates, around);
  if (found !== undefined) return E.right(found);
  const which =
    named === undefined ? `none of ${usual.join(', ')} is found` : `CXX=${named} does not run`;
  return E.left(
    missingTool(
      `a compiler of C++17 is needed, which builds the addon, and ${which}`,
      'Debian and Ubuntu: `apt install g++`; Fedora: `dnf install gcc-c++`; Arch: `pacman -S gcc`',
      'one that is elsewhere is named by the variable CXX',
    ),
  );
};

/** What a program said at its end, for a message. */
export const lastWords = (text: string): readonly string[] =>
  lastLines(text, 3).map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line));
