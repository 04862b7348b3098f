/** Lexical scope: what a name means at a place. */
import { freshId } from '../../syntax/memo.ts';
import type { BoundArgument, Remembered, Frame, Entry, Scope, More } from './values.ts';

const frame = (parent: Frame | undefined): Frame => ({
  id: freshId(),
  values: undefined,
  inside: undefined,
  parent,
});

/** A scope with names of its own inside another; the outermost if no other is given. */
export const inner = (parent: Scope | undefined): Scope => ({
  id: freshId(),
  parent,
  names: new Map(),
  more: undefined,
  frame: parent?.frame ?? frame(undefined),
  repeated: parent?.repeated ?? false,
});

/** A scope with names of its own for a body, which remembers nothing of what surrounds it. */
export const bodyOf = (around: Scope): Scope => ({
  ...inner(around),
  frame: frame(undefined),
  repeated: false,
});

/** The scope of a file, or of a call that has arguments behind `..p`. */
export const innerWithMore = (parent: Scope | undefined): Scope & { readonly more: More } => ({
  ...inner(parent),
  more: { ambiguous: new Map(), modules: new Map(), rests: new Map(), open: { value: false } },
});

/** The same names in a body that remembers nothing of what surrounds it. */
export const freshFrame = (scope: Scope): Scope => ({
  ...scope,
  frame: frame(undefined),
  repeated: false,
});

/** The same names in a branch or a repetition, whose remembered values stay inside. */
export const innerFrame = (scope: Scope, repeated = scope.repeated): Scope => ({
  ...scope,
  frame: frame(scope.frame),
  repeated,
});

/** The same names in a folder of names. */
export const inFolder = (scope: Scope): Scope =>
  scope.repeated ? { ...scope, repeated: false } : scope;

/** What a name means; undefined for an unknown name. */
export type Found =
  | { readonly tag: 'entry'; readonly entry: Entry }
  | { readonly tag: 'ambiguous'; readonly files: readonly string[] }
  /** an import that could not be loaded may declare it */
  | { readonly tag: 'lost' };

/** The innermost meaning of a name. */
export const lookup = (scope: Scope, name: string): Found | undefined => {
  let open = false;
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
    const entry = s.names.get(name);
    if (entry !== undefined) return { tag: 'entry', entry };
    const files = s.more?.ambiguous.get(name);
    if (files !== undefined) return { tag: 'ambiguous', files };
    open ||= s.more?.open.value ?? false;
  }
  return open ? { tag: 'lost' } : undefined;
};

/** A module by its name; `lost` when its import could not be loaded. */
export const lookupModule = (scope: Scope, name: string): Scope | 'lost' | undefined => {
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    if (s.more?.modules.has(name) === true) return s.more.modules.get(name) ?? 'lost';
  return undefined;
};

/** The arguments behind `..name`, of the innermost call that has them. */
export const lookupRest = (scope: Scope, name: string): readonly BoundArgument[] | undefined => {
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
    const found = s.more?.rests.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The value that `name` was remembered as, from the innermost frame outwards. */
export const lookupRemembered = (scope: Scope, name: string): Remembered | undefined => {
  for (let f: Frame | undefined = scope.frame; f !== undefined; f = f.parent) {
    const found = f.values?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The names of all modules, or of all `..rest` parameters, that can be seen. */
export const visibleMore = (scope: Scope, of: 'modules' | 'rests'): readonly string[] => {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    names.push(...(s.more?.[of].keys() ?? []));
  return names;
};

/** How many names can be seen, at most. */
export const countVisible = (scope: Scope): number => {
  let count = 0;
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) count += s.names.size;
  return count;
};

/** Every name that can be seen, innermost first. */
export const visible = (scope: Scope): readonly string[] => {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    for (const name of s.names.keys()) names.push(name);
  return names;
};

/** How many names `@` can recall here, at most. */
export const countRemembered = (scope: Scope): number => {
  let count = 0;
  for (let f: Frame | undefined = scope.frame; f !== undefined; f = f.parent)
    count += f.values?.size ?? 0;
  return count;
};

/** Every name that `@` can recall here, the innermost first. */
export const visibleRemembered = (scope: Scope): readonly string[] => {
  const names: string[] = [];
  for (let f: Frame | undefined = scope.frame; f !== undefined; f = f.parent)
    for (const name of f.values?.keys() ?? []) names.push(name);
  return names;
};
