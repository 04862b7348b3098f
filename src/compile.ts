/**
 * The pipeline in one screen; start reading here.
 *
 *   source ─parser→ tree ─typecheck→ typed program ─lower→ graph ─lower→ kernels ─emit→ GraphModel
 *
 * Everything here is pure: files come from `Files`, and what is compiled goes back as data.
 */
import { gate, type Checked } from './diagnostic/checked.ts';
import { parse } from './parser/parse.ts';
import { checkProgram, type Options } from './typecheck/check.ts';
import type { Files } from './typecheck/modules.ts';
import type { Program } from './typecheck/typed.ts';

/** What can be said of a program, however broken: for the editor and for `check`. */
export const analyse = (
  files: Files,
  entry: string,
  options: Options = { asserts: true },
): Checked<Program> => checkProgram(files, parse, entry, options);

/** A program without errors, or nothing: what may be lowered, compiled and run. */
export const compile = (files: Files, entry: string): Checked<Program> =>
  gate(analyse(files, entry, { asserts: false }));
