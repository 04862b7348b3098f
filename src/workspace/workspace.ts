/**
 * The programs of an editor or of a command that goes on: files whose texts change, and what can be said of them now.
 * After any edits the answer is that of a check from scratch (`analyse`), and only what an edit concerns is found anew.
 */
import * as E from 'fp-ts/lib/Either.js';
import { analyse, analysing, type Means } from '../check.ts';
import { diagnosticsOf, resultOf, type Checked } from '../diagnostic/checked.ts';
import { moved, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { inOrder } from '../diagnostic/order.ts';
import { fileOf, type Source, type Span } from '../syntax/source.ts';
import type { Watch } from '../phase.ts';
import type { Files } from '../typecheck/program/modules.ts';
import { noPast } from '../typecheck/program/memory.ts';
import type { SoFar } from '../typecheck/program/check.ts';
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
  /** Begins a view that is made bit by bit. */
  readonly look: (entry: string) => Looking;
};

/** A view in the making. It ends when something changes: then all that it has is what it had. */
export type Looking = {
  /** Goes on by one declaration, those that are new first. False when the view is there. */
  readonly goOn: () => boolean;
  /** What can be told: errors that are known by now, and of declarations that were not asked yet what was told before. */
  readonly soFar: () => readonly Diagnostic[];
  /** the files that were read */
  readonly sources: View['sources'];
};

const nothingAsked: SoFar = { found: [], asked: new Set() };

/** A file with what it was read to. */
type Text = { readonly source: Source; readonly read: Pieces };

/** The texts that were read last, and the places in them. */
const newTexts = () => {
  const texts = new Map<string, Text>();
  const parse: Means['parse'] = (source) => {
    const before = texts.get(source.path);
    if (before?.source.text === source.text) return before.read.tree;
    const now = readPieces(source, before?.read);
    texts.set(source.path, { source, read: now });
    return now.tree;
  };
  const locate = (place: Span): Span => {
    const path = fileOf(place.path);
    return path === place.path
      ? place
      : placed(texts.get(path)?.read.starts.get(place.path), path, place);
  };
  /** Is what lies in this place written as it was? */
  const isWritten = ({ path }: Span): boolean =>
    texts.get(fileOf(path))?.read.starts.has(path) === true;
  return { parse, locate, isWritten };
};

/** The files of the disk, and those that are written instead. */
const newFiles = (disk: Files) => {
  const written = new Map<string, Source>();
  let onDisk = new Map<string, ReturnType<Files['read']>>();
  const read: Files['read'] = (path) => {
    const own = written.get(path);
    if (own !== undefined) return E.right(own);
    const found = onDisk.get(path) ?? disk.read(path);
    onDisk.set(path, found);
    return found;
  };
  /** The files for one check, which notes what it reads. */
  const files = (sources: Map<string, Source>): Files => ({
    ...disk,
    read: (path) => {
      const source = read(path);
      if (E.isRight(source)) sources.set(path, source.right);
      return source;
    },
  });
  return {
    files,
    write: (path: string, text: string): void => void written.set(path, { path, text }),
    release: (path: string): void => {
      written.delete(path);
      onDisk.delete(path); // it may have been saved
    },
    refresh: (): void => {
      onDisk = new Map();
    },
  };
};

/** Nothing is written yet; other files are those of the disk. */
export const newWorkspace = (disk: Files): Workspace => {
  const { parse, locate, isWritten } = newTexts();
  const { write, release, refresh, files } = newFiles(disk);
  let views = new Map<string, View>();
  /** what was told last of each entry, with the places of trees */
  const told = new Map<string, readonly Diagnostic[]>();

  const means = { parse, past: noPast(), checkRules: rememberingRules() };

  const inFiles = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
    inOrder(found.map((d) => moved(d, locate)));
  const keep = (entry: string, sources: View['sources'], program: Checked<Program>): View => {
    const found = diagnosticsOf(program);
    const view = { entry, program: resultOf(program), found: inFiles(found), locate, sources };
    views.set(entry, view);
    told.set(entry, found);
    return view;
  };
  /** What was told last in declarations that are written as they were then, and were not asked again. */
  const stillTold = (entry: string, asked: ReadonlySet<string>): readonly Diagnostic[] =>
    (told.get(entry) ?? []).filter(
      ({ primary: { span } }) => isWritten(span) && !asked.has(span.path),
    );
  const look = (entry: string): Looking => {
    const sources = new Map<string, Source>();
    const steps = analysing(files(sources), entry, means);
    const begun = views;
    let known: (() => SoFar) | undefined;
    return {
      sources,
      goOn: () => {
        if (views !== begun || views.has(entry)) return false;
        const step = steps.next();
        if (step.done === true) keep(entry, sources, step.value);
        else known = step.value;
        return step.done !== true;
      },
      soFar: () => {
        const view = views.get(entry);
        if (view !== undefined) return view.found;
        const { found, asked } = known?.() ?? nothingAsked;
        return inFiles([...found, ...stillTold(entry, asked)]);
      },
    };
  };
  /** Nothing that was seen is so any more. */
  const changing =
    <A extends readonly string[]>(change: (...told: A) => void) =>
    (...told: A): void => {
      change(...told);
      views = new Map();
    };
  return {
    write: changing(write),
    release: changing(release),
    refresh: changing(refresh),
    view: (entry, watch) => {
      const known = views.get(entry);
      if (known !== undefined) return known;
      const sources = new Map<string, Source>();
      return keep(entry, sources, analyse(files(sources), entry, undefined, watch, means));
    },
    look,
  };
};
