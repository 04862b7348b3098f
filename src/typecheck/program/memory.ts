/**
 * What checks have found out about declarations, one by one. It stays true as long as a declaration and all that its
 * words mean stay the same; after an edit the rest is found anew.
 */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Declaration, Word } from '../../syntax/tree.ts';
import type { Cost } from '../expr/fuel.ts';
import { splitSize } from '../expr/names.ts';
import type { Reported } from '../expr/reports.ts';
import { lookup, lookupModule } from '../expr/scope.ts';
import type { Entry, Scope } from '../expr/values.ts';
import { uncalled } from '../expr/context.ts';
import { forget, type LayerContext } from '../layer/context.ts';
import type { Evaluation } from '../../protocol/evaluation.ts';
import type { Training } from '../../protocol/recipe.ts';
import type { DefSignature } from './signatures.ts';
import type { Sense } from '../net/sense.ts';
import type { TypedNet } from '../net/typed.ts';

/** Stands for all that something depends on: as long as it is the same object, nothing of that has changed. */
type Digest = object;

/** A result. One with reports may name whatever is near, so it depends on all names too. */
type Kept<A> = {
  readonly digest: Digest;
  readonly names: Digest;
  readonly reported: Reported<A>;
  readonly cost: Cost;
};

/** The results for one question, such as what net a declaration is, by declaration. */
type Answers<A> = WeakMap<Declaration, Kept<A>>;

/** The meanings that the words of a declaration had last. */
type Meanings = { readonly all: readonly unknown[]; readonly digest: Digest };

/** The questions, and what their answers are. */
type Results = {
  /** a net on its declared input, with its defaults */
  readonly net: TypedNet | undefined;
  readonly lints: readonly Diagnostic[];
  readonly sense: Sense;
  readonly written: void;
  readonly assertion: void;
  readonly words: void;
  readonly signature: DefSignature;
  readonly training: Training | undefined;
  readonly evaluation: Evaluation | undefined;
};

/** What outlives a check. It is kept as long as the trees of declarations are. */
export type Past = {
  readonly answers: { readonly [Q in keyof Results]: Answers<Results[Q]> };
  readonly meanings: WeakMap<Declaration, Meanings>;
  /** nets of which it is known that nothing in them is unknown */
  readonly sound: WeakSet<TypedNet>;
  /** all names that the files of a program could see last, by its entry */
  readonly names: Map<string, { readonly text: string; readonly digest: Digest }>;
};

/** Nothing has been checked yet. */
export const noPast = (): Past => ({
  answers: {
    net: new WeakMap(),
    lints: new WeakMap(),
    sense: new WeakMap(),
    written: new WeakMap(),
    assertion: new WeakMap(),
    words: new WeakMap(),
    signature: new WeakMap(),
    training: new WeakMap(),
    evaluation: new WeakMap(),
  },
  sound: new WeakSet(),
  meanings: new WeakMap(),
  names: new Map(),
});

const isWord = (part: object): part is Word => 'parts' in part;

/** A word as it is looked up: in a module or not, with or without the size at its end. */
type Sought = {
  readonly word: string;
  readonly module: string | undefined;
  readonly name: string;
  readonly stem: string | undefined;
};

const soughtAs = (word: string): Sought => {
  const dot = word.indexOf('.');
  const name = word.slice(dot + 1);
  const module = dot < 0 ? undefined : word.slice(0, dot);
  return { word, module, name, stem: splitSize(name)?.stem };
};

/** Every word of a declaration, once; those that mean a parameter of it too. */
const wordsOf: (d: Declaration) => readonly Sought[] = perObject((d) => {
  const found = new Set<string>();
  if ('with' in d && d.with !== undefined) found.add(d.with.text);
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit);
    else if (typeof part === 'object' && part !== null) {
      if (isWord(part)) found.add(part.parts.map(({ text }) => text).join('.'));
      else for (const [key, inner] of Object.entries(part)) if (key !== 'span') visit(inner);
    }
  };
  visit(d);
  return Array.from(found, soughtAs);
});

/** Definitions that use each other in a longer chain are found anew in each check. */
const LONGEST_CHAIN = 500;

/** What the declarations of a program depend on now. */
export type Digests = {
  /** undefined for what is not declared in a file of the program */
  readonly of: (d: Declaration) => Digest | undefined;
  /** all names that the files can see */
  readonly names: Digest;
};

/** Whether its name means the declaration itself, which a message does not suggest in its own text. */
const isFirst = (d: Declaration, scope: Scope): boolean => {
  const value = 'name' in d ? scope.names.get(d.name.text)?.value() : undefined;
  return value?.tag === 'callable' && value.callee.tag === 'definition'
    ? value.callee.definition === d
    : true;
};

/** All names that can be seen, each with what kind of thing it means: some kinds are suggested and some are not. */
const namesIn = (scope: Scope): string => {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    for (const [name, entry] of s.names) names.push(name, entry.value().tag);
  return names.join(' ');
};

/** What a file declares, and the names that it sees. */
export type FileScope = readonly [declarations: readonly Declaration[], scope: Scope];

/** The digests of a program whose files, with their declarations, have these scopes. */
export const digestsOf = (past: Past, entry: string, files: readonly FileScope[]): Digests => {
  const scopes = new Map(files.flatMap(([all, scope]) => all.map((d) => [d, scope] as const)));
  const known = new Map<Declaration, Digest>();
  let chain = 0;

  const meaningsOf = (entry: Entry): readonly unknown[] => {
    const value = entry.value();
    switch (value.tag) {
      case 'callable':
        return value.callee.tag === 'operator'
          ? [value.callee.row]
          : [digestOf(value.callee.definition)];
      case 'rewrite':
        // one that takes over rules is made of two declarations, and is another when either is
        return [digestOf(value.pass) ?? value.pass];
      case 'protocol':
        return [value.train, value.eval].map((d) => d && digestOf(d));
      default:
        return [value.tag];
    }
  };
  const meaningsIn = (scope: Scope, { module, name, stem }: Sought): readonly unknown[] => {
    const seen = module === undefined ? scope : lookupModule(scope, module);
    if (seen === undefined || seen === 'lost') return [seen];
    const found = lookup(seen, name) ?? (stem === undefined ? undefined : lookup(seen, stem));
    if (found?.tag === 'entry') return meaningsOf(found.entry);
    return [found?.tag === 'ambiguous' ? found.files.join() : found?.tag];
  };
  /** Many declarations of a file have the same words. */
  const inFiles = new Map(files.map(([, scope]) => [scope, new Map<string, readonly unknown[]>()]));
  const meaningsOnce = (scope: Scope, sought: Sought): readonly unknown[] => {
    const met = inFiles.get(scope)!;
    const before = met.get(sought.word);
    if (before !== undefined) return before;
    const meanings = meaningsIn(scope, sought);
    met.set(sought.word, meanings);
    return meanings;
  };
  const digestOf = (d: Declaration): Digest | undefined => {
    const scope = scopes.get(d);
    if (scope === undefined) return undefined;
    const found = known.get(d);
    if (found !== undefined) return found;
    // a declaration that seems to use itself is unlike any before, and so is one whose chain is too long
    const unlike = {};
    known.set(d, unlike);
    if (chain >= LONGEST_CHAIN) return unlike;
    chain++;
    const all = [isFirst(d, scope), ...wordsOf(d).flatMap((word) => meaningsOnce(scope, word))];
    chain--;
    const before = past.meanings.get(d);
    const isSame =
      before !== undefined &&
      before.all.length === all.length &&
      all.every((one, i) => one === before.all[i]);
    const digest = isSame ? before.digest : {};
    past.meanings.set(d, { all, digest });
    known.set(d, digest);
    return digest;
  };

  const text = files.map(([, scope]) => namesIn(scope)).join('\n');
  const before = past.names.get(entry);
  const names = before?.text === text ? before : { text, digest: {} };
  past.names.set(entry, names);
  return { of: digestOf, names: names.digest };
};

/** The result for a declaration, if what it depends on has not changed. */
const recalled = <A>(
  answers: Answers<A>,
  d: Declaration,
  { of, names }: Digests,
): Kept<A> | undefined => {
  const kept = answers.get(d);
  if (kept === undefined || kept.digest !== of(d)) return undefined;
  return kept.reported.reports.length === 0 || kept.names === names ? kept : undefined;
};

/** Asks something of a declaration: found now, or in a check before, with the reports that belong to it. */
export type Ask = <Q extends keyof Results>(
  question: Q,
  d: Declaration,
  find: () => Results[Q],
) => Reported<Results[Q]>;

/**
 * Each answer is found as if nothing else had been asked. A fault, and what stands in place of the faulty layer, name the
 * call that led there: so what was learnt on the way is forgotten once there is an error.
 */
const found = <A>(cx: LayerContext, find: () => A): Reported<A> => {
  const reported = uncalled(cx, () => cx.quietly(find));
  if (reported.reports.length > 0 || cx.hasErrors()) forget(cx);
  return reported;
};

/** For one check, after which nothing is kept. */
export const askingOnce =
  (cx: LayerContext): Ask =>
  (_question, _d, find) =>
    found(cx, find);

/** For a check of a program that is checked again and again. */
export const asking =
  (cx: LayerContext, past: Past, digests: Digests): Ask =>
  (question, d, find) => {
    const answers = past.answers[question];
    const before = recalled(answers, d, digests);
    if (before !== undefined) {
      cx.charge(d.span, before.cost);
      return before.reported;
    }
    const { steps, compared } = cx.cost();
    const reported = found(cx, find);
    const digest = digests.of(d);
    if (digest === undefined || cx.isOver()) return reported;
    const after = cx.cost();
    const cost = { steps: after.steps - steps, compared: after.compared - compared };
    answers.set(d, { digest, names: digests.names, reported, cost });
    return reported;
  };
