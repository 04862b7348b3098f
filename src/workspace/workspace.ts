/**
 * The programs of an editor or of a command that goes on: files whose texts change, and what can be said of them now.
 * After any edits the answer is that of a check from scratch (`analyse`).
 */
import * as E from 'fp-ts/lib/Either.js';
import { analyse } from '../check.ts';
import { diagnosticsOf, resultOf } from '../diagnostic/checked.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../syntax/source.ts';
import type { Files } from '../typecheck/program/modules.ts';
import type { Program } from '../typecheck/program/program.ts';

/** What can be said of a file with all that it imports, however broken. */
export type View = {
  readonly entry: string;
  /** undefined where the file cannot be read */
  readonly program: Program | undefined;
  /** each once; their places are those of files */
  readonly found: readonly Diagnostic[];
  /** where a place of a tree or of a typed net lies in its file now */
  readonly locate: (place: Span) => Span;
  /** the files that were read, with their texts */
  readonly sources: ReadonlyMap<string, Source>;
};

/** Texts that change. Paths are relative to the project, as in `Files`. */
export type Workspace = {
  /** From now on a file has this text, whatever the disk says. */
  readonly write: (path: string, text: string) => void;
  /** The disk has the text of the file again. */
  readonly release: (path: string) => void;
  /** Some file of the disk has changed, has come or is gone: all are read again. */
  readonly refresh: () => void;
  /** The same view until something changes. */
  readonly view: (entry: string) => View;
};

/** Nothing is written yet; other files are those of the disk. */
export const newWorkspace = (disk: Files): Workspace => {
  const written = new Map<string, Source>();
  const views = new Map<string, View>();
  const read: Files['read'] = (path) => {
    const own = written.get(path);
    return own === undefined ? disk.read(path) : E.right(own);
  };
  const look = (entry: string): View => {
    const sources = new Map<string, Source>();
    const files: Files = {
      ...disk,
      read: (path) => {
        const source = read(path);
        if (E.isRight(source)) sources.set(path, source.right);
        return source;
      },
    };
    const program = analyse(files, entry);
    return {
      entry,
      program: resultOf(program),
      found: diagnosticsOf(program),
      locate: (place) => place,
      sources,
    };
  };
  return {
    write: (path, text) => {
      written.set(path, { path, text });
      views.clear();
    },
    release: (path) => {
      written.delete(path);
      views.clear();
    },
    refresh: () => views.clear(),
    view: (entry) => {
      const known = views.get(entry);
      if (known !== undefined) return known;
      const view = look(entry);
      views.set(entry, view);
      return view;
    },
  };
};
