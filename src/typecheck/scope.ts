/** Lexical scope: what a name means at a place. */
import type { TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Name } from '../syntax/tree.ts';
import type { Given } from './arguments.ts';
import type { Value } from './values.ts';

/** One name. Its value is computed when it is first wanted, so the order of declarations is free. */
export type Entry = {
  readonly from: 'parameter' | 'size' | 'where' | 'declaration' | 'import' | 'std';
  readonly span?: Span; // where it is declared
  /** where a parameter got its value, to point at when the value is of the wrong kind */
  readonly given?: Span;
  readonly value: () => Value;
};

/** `f as a`: the key under which the typed program keeps the value, and its type. */
export type Remembered = { readonly key: number; readonly type: TensorType; readonly name: Name };

/** What a body remembers. A branch or a repetition has a frame of its own and sees those around it. */
export type Frame = {
  readonly values: Map<string, Remembered>;
  readonly parent: Frame | undefined;
};

export type Scope = {
  readonly id: number;
  readonly parent: Scope | undefined;
  readonly names: Map<string, Entry>;
  /** names that two imports bring, with the files they come from */
  readonly ambiguous: Map<string, readonly string[]>;
  /** `std`, `r` of `import … as r` */
  readonly modules: Map<string, Scope>;
  /** the arguments behind `..p` */
  readonly rests: Map<string, readonly Given[]>;
  readonly frame: Frame;
  /** under a repetition labels are numbered, until the next folder of names */
  readonly repeated: boolean;
};

let scopes = 0;

type Options = { readonly frame?: 'same' | 'inner' | 'fresh'; readonly repeated?: boolean };

/** A scope inside another. A `fresh` frame, for bodies of definitions, remembers nothing of its caller's. */
export const inner = (parent: Scope | undefined, options: Options = {}): Scope => ({
  id: scopes++,
  parent,
  names: new Map(),
  ambiguous: new Map(),
  modules: new Map(),
  rests: new Map(),
  frame:
    parent !== undefined && (options.frame ?? 'same') === 'same'
      ? parent.frame
      : { values: new Map(), parent: options.frame === 'inner' ? parent?.frame : undefined },
  repeated: options.repeated ?? parent?.repeated ?? false,
});

export type Found =
  | { readonly tag: 'entry'; readonly entry: Entry }
  | { readonly tag: 'ambiguous'; readonly files: readonly string[] };

/** The innermost meaning of a name. */
export const lookup = (scope: Scope, name: string): Found | undefined => {
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
    const entry = s.names.get(name);
    if (entry !== undefined) return { tag: 'entry', entry };
    const files = s.ambiguous.get(name);
    if (files !== undefined) return { tag: 'ambiguous', files };
  }
  return undefined;
};

const outwards =
  <A>(of: (s: Scope) => ReadonlyMap<string, A>) =>
  (scope: Scope, name: string): A | undefined => {
    for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
      const found = of(s).get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };

export const lookupModule = outwards((s) => s.modules);
export const lookupRest = outwards((s) => s.rests);

export const lookupRemembered = (scope: Scope, name: string): Remembered | undefined => {
  for (let f: Frame | undefined = scope.frame; f !== undefined; f = f.parent) {
    const found = f.values.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Every name that can be seen, innermost first. */
export const visible = (scope: Scope): readonly string[] => {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    names.push(...s.names.keys());
  return names;
};

export const visibleRemembered = (scope: Scope): readonly string[] => {
  const names: string[] = [];
  for (let f: Frame | undefined = scope.frame; f !== undefined; f = f.parent)
    names.push(...f.values.keys());
  return names;
};

/** A value that is computed once, when first wanted; `circular` answers when it wants itself. */
export const lazily = (compute: () => Value, circular: () => Value): (() => Value) => {
  let state: 'new' | 'running' | Value = 'new';
  return () => {
    if (state === 'running') return circular();
    if (state === 'new') {
      state = 'running';
      state = compute();
    }
    return state;
  };
};
