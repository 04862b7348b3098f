/**
 * The programs of an editor or of a command that goes on: files whose texts change, and what can be said of them now.
 * After any edits the answer is that of a check from scratch (`analyse`), and only what an edit concerns is found anew.
 */
import * as E from 'fp-ts/lib/Either.js';
import { analyse, type Means } from '../check.ts';
import { diagnosticsOf, resultOf } from '../diagnostic/checked.ts';
import { moved, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { inOrder } from '../diagnostic/order.ts';
import { fileOf, type Source, type Span } from '../syntax/source.ts';
import type { Watch } from '../phase.ts';
import type { Files } from '../typecheck/program/modules.ts';
import { noPast } from '../typecheck/program/memory.ts';
import type { Program } from '../typecheck/program/program.ts';
import { placed, readPieces, type Pieces } from './pieces.ts';
import { rememberingRules } from './rules.ts';

/** What can be said of a file with all that it imports, however broken. */
export type View = {
  readonly entry: string;
  /** undefined where the file cannot be read */
  readonly program: Program | undefined;
  /** in the order of the text; their places are those of files */
  readonly found: readonly Diagnostic[];
  /** where a place of a tree or of a typed net lies in its file, as long as this is the newest view */
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
  readonly view: (entry: string, watch?: Watch) => View;
};

/** A file with what it was read to. */
type Text = { readonly source: Source; readonly read: Pieces };

/** Nothing is written yet; other files are those of the disk. */
export const newWorkspace = (disk: Files): Workspace => {
  const written = new Map<string, Source>();
  const texts = new Map<string, Text>();
  let views = new Map<string, View>();
  let onDisk = new Map<string, ReturnType<Files['read']>>();

  const read: Files['read'] = (path) => {
    const own = written.get(path);
    if (own !== undefined) return E.right(own);
    const found = onDisk.get(path) ?? disk.read(path);
    onDisk.set(path, found);
    return found;
  };
  const parse: Means['parse'] = (source) => {
    const before = texts.get(source.path);
    if (before?.source.text === source.text) return before.read.tree;
    const now = readPieces(source, before?.read.pieces ?? []);
    texts.set(source.path, { source, read: now });
    return now.tree;
  };
  const means: Means = { parse, past: noPast(), checkRules: rememberingRules() };

  const locate = (place: Span): Span => {
    const path = fileOf(place.path);
    return path === place.path
      ? place
      : placed(texts.get(path)?.read.starts.get(place.path), path, place);
  };
  const look = (entry: string, watch: Watch | undefined): View => {
    const sources = new Map<string, Source>();
    const files: Files = {
      ...disk,
      read: (path) => {
        const source = read(path);
        if (E.isRight(source)) sources.set(path, source.right);
        return source;
      },
    };
    const program = analyse(files, entry, undefined, watch, means);
    const found = inOrder(diagnosticsOf(program).map((d) => moved(d, locate)));
    return { entry, program: resultOf(program), found, locate, sources };
  };
  return {
    write: (path, text) => {
      written.set(path, { path, text });
      views = new Map();
    },
    release: (path) => {
      written.delete(path);
      onDisk.delete(path); // it may have been saved
      views = new Map();
    },
    refresh: () => {
      onDisk = new Map();
      views = new Map();
    },
    view: (entry, watch) => {
      const known = views.get(entry);
      if (known !== undefined) return known;
      const view = look(entry, watch);
      views.set(entry, view);
      return view;
    },
  };
};
