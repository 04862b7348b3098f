/** What a word means: looked up whole, and only then with the size at its end split off. */
import { error, replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { perObject } from '../../syntax/memo.ts';
import { startOf } from '../../syntax/source.ts';
import type { Expr, Name, TypeExpr, Word } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import type { Context } from './context.ts';
import { factNames } from './fact-names.ts';
import { counterpart, foreign, isForeignModule, type Called } from './foreign-names.ts';
import { nearName } from './near-names.ts';
import { lookup, lookupModule, lookupRemembered, visibleMore } from './scope.ts';
import { splitSize } from './split-size.ts';
import { integer, unknown, type Value, type Entry, type Scope, type Meaning } from './values.ts';

/** The size at the end of a word of the text, which is looked up at each of its uses. */
const splitName = perObject(({ text }: Name) => splitSize(text));

/** The words of an input type, which name sizes or are known already. */
export const sizeNames = (type: TypeExpr | undefined): readonly string[] =>
  type?.tag === 'tensor' ? type.axes.flatMap(wordsOf) : [];

const wordsOf = (e: Expr): readonly string[] => [
  ...(e.tag === 'chain' ? [e.word.parts[0]!.text] : []),
  ...partsOf(e).flatMap(wordsOf),
];

const sizeValue = (text: string): Value => {
  const [h, w] = text.split('x').map(Number);
  return w === undefined ? integer(h!) : { tag: 'extent', h: h!, w };
};

/** Where a word leads, before anything is evaluated; `text` is the word without module and size. */
type Sought = { readonly text: string } & (
  | { readonly tag: 'entry'; readonly entry: Entry; readonly size: Meaning['size'] }
  /** several imports bring it */
  | { readonly tag: 'ambiguous'; readonly files: readonly string[] }
  | { readonly tag: 'no module'; readonly module: Name }
  | { readonly tag: 'nothing'; readonly seen: Scope }
  /** an import that could not be loaded may declare it */
  | { readonly tag: 'lost' }
);

/** Finds a word in a scope. Nothing is reported and nothing evaluated. */
export const seek = (word: Word, scope: Scope): Sought => {
  const name = word.parts[word.parts.length - 1]!;
  const { text } = name;
  const qualifier = word.parts.length > 1 ? word.parts[0]! : undefined;
  const module = qualifier === undefined ? undefined : lookupModule(scope, qualifier.text);
  if (module === 'lost') return { tag: 'lost', text };
  if (qualifier !== undefined && module === undefined)
    return { tag: 'no module', text, module: qualifier };
  const seen = module ?? scope;
  const whole = lookup(seen, text);
  if (whole?.tag === 'entry') return { tag: 'entry', text, entry: whole.entry, size: undefined };
  if (whole?.tag === 'ambiguous') return { tag: 'ambiguous', text, files: whole.files };
  const parts = splitName(name);
  const stem = parts === undefined ? undefined : lookup(seen, parts.stem);
  if (parts !== undefined && stem?.tag === 'entry') {
    const start = name.span.end - parts.size.length;
    const size = { value: sizeValue(parts.size), span: { ...name.span, start } };
    return { tag: 'entry', text: parts.stem, entry: stem.entry, size };
  }
  if (parts !== undefined && stem?.tag === 'ambiguous')
    return { tag: 'ambiguous', text: parts.stem, files: stem.files };
  const unsized = parts?.stem ?? text;
  return whole === undefined
    ? { tag: 'nothing', text: unsized, seen }
    : { tag: 'lost', text: unsized };
};

/** Where a word leads; whoever wants to know is told. */
const lookUp = (cx: Context, word: Word, scope: Scope): Sought => {
  const sought = seek(word, scope);
  if (sought.tag === 'entry') cx.meant?.(word, sought.entry);
  return sought;
};

/** The meaning of a word in a scope. An unknown one is reported, with a near name that may be what is wanted. */
export const resolve = (cx: Context, called: Called, scope: Scope, wants?: 'layer'): Meaning => {
  const sought = lookUp(cx, called.word, scope);
  if (sought.tag === 'entry') return meaning(sought, sought.entry.value());
  report(cx, called, sought, scope, wants);
  return meaningless(sought);
};

/** The same without a report. */
export const meaningOf = (cx: Context, word: Word, scope: Scope): Meaning => {
  const sought = lookUp(cx, word, scope);
  return sought.tag === 'entry'
    ? meaning(sought, cx.quietly(sought.entry.value).value)
    : meaningless(sought);
};

const meaning = ({ text, entry, size }: FoundEntry, value: Value): Meaning => ({
  value,
  text,
  entry,
  size,
});

const meaningless = ({ text }: Unfound): Meaning => ({
  value: unknown,
  text,
  entry: undefined,
  size: undefined,
});

type FoundEntry = Extract<Sought, { readonly tag: 'entry' }>;
type Unfound = Exclude<Sought, { readonly tag: 'entry' }>;

const report = (
  cx: Context,
  called: Called,
  sought: Unfound,
  scope: Scope,
  wants?: 'layer',
): void => {
  switch (sought.tag) {
    case 'lost':
      return;
    case 'nothing':
      return reportUnknown(cx, called, sought.seen, wants);
    case 'ambiguous':
      return reportAmbiguous(cx, called.word, sought.text, sought.files);
    case 'no module':
      return reportModule(cx, called, sought.module, scope);
  }
};

/** Whether a word is one of another framework, whose arguments mean what they mean there. */
export const isForeign = (called: Called, scope: Scope): boolean => {
  const { tag } = seek(called.word, scope);
  return tag === 'no module'
    ? isForeignModule(called)
    : tag === 'nothing' && foreign(called) !== undefined;
};

const reportModule = (cx: Context, called: Called, module: Name, scope: Scope): void => {
  const { word } = called;
  const fact = factNames.find((name) => name === word.parts[1]?.text);
  if (fact !== undefined && lookup(scope, module.text) !== undefined) {
    const written = `${fact}(${module.text})`;
    return cx.report(
      error('E0301', word.span, `nothing is called \`${cx.text(word.span)}\``, {
        label: `did you mean \`${written}\`?`,
        fixes: [replace(`write \`${written}\``, word.span, written)],
      }),
    );
  }
  if (!isForeignModule(called)) {
    const [meant] = near(module.text, visibleMore(scope, 'modules'));
    return cx.report(
      error('E0301', module.span, `nothing imported is called \`${module.text}\``, {
        ...(meant !== undefined && { label: `did you mean \`${meant}\`?` }),
        notes: ['`import "file.net" as r` makes `r.name` known; `std` holds the operators'],
        fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, module.span, meant)],
      }),
    );
  }
  const elsewhere = counterpart(called, cx.text);
  cx.report(
    error('E0301', word.span, `nothing is called \`${cx.text(word.span)}\``, {
      label: elsewhere?.label ?? 'netc has no modules of other frameworks',
      notes: elsewhere?.notes ?? ['the operators of netc are listed in docs/operators.md'],
      fixes: elsewhere?.fixes ?? [],
    }),
  );
};

const reportAmbiguous = (cx: Context, word: Word, text: string, files: readonly string[]): void =>
  cx.report(
    error(
      'E0309',
      word.span,
      `\`${text}\` comes from ${files.map((f) => `\`${f}\``).join(' and from ')}`,
      {
        label: 'which one is meant?',
        notes: ['a name picked by an import wins over names imported with a whole file'],
        fixes: files.map((f) => {
          const pick = `import "${f}" (${text})`;
          return replace(`add \`${pick}\``, startOf(word.span.path), `${pick}\n`);
        }),
      },
    ),
  );

/** Whether a word begins an argument, by the signs before it: `f(x`, `, x`, `= x`, `-x`. */
const isArgument = (cx: Context, { span }: Name): boolean => {
  const before = { ...span, start: Math.max(0, span.start - 40), end: span.start };
  return /(\w\(|[,=/-])\s*$/.test(cx.text(before));
};

const reportUnknown = (cx: Context, called: Called, scope: Scope, wants?: 'layer'): void => {
  const { word } = called;
  const name = word.parts[word.parts.length - 1]!;
  const shipped = word.parts.length === 1 ? picking(cx, name, name.text) : undefined;
  if (shipped !== undefined) {
    cx.report(
      error('E0301', name.span, `nothing is called \`${name.text}\``, {
        label: 'a pass that netc ships; it must be imported',
        fixes: [shipped],
      }),
    );
    return;
  }
  if (word.parts.length === 1 && lookupRemembered(scope, name.text) !== undefined) {
    const recalled = `@${name.text}`;
    cx.report(
      error('E0301', name.span, `nothing is called \`${name.text}\``, {
        label: 'a value is remembered under this name',
        // as an argument a number may be wanted, and a remembered value is none
        fixes:
          wants !== 'layer' && isArgument(cx, name)
            ? []
            : [replace(`write \`${recalled}\``, name.span, recalled)],
      }),
    );
    return;
  }
  const elsewhere = counterpart(called, cx.text);
  if (elsewhere !== undefined) {
    cx.report(
      error('E0301', name.span, `nothing is called \`${name.text}\``, {
        label: elsewhere.label,
        notes: elsewhere.notes,
        fixes: elsewhere.fixes,
      }),
    );
    return;
  }
  const { meant, unknown: shown, fits } = nearName(cx, called, scope, wants);
  const isKnown =
    meant !== undefined && (word.parts.length > 1 || lookup(scope, meant) !== undefined);
  cx.report(
    error('E0301', name.span, `nothing is called \`${shown}\``, {
      label: meant === undefined ? 'unknown here' : `did you mean \`${meant}\`?`,
      fixes:
        meant === undefined || !fits
          ? []
          : [
              (isKnown ? undefined : picking(cx, name, meant)) ??
                replace(`write \`${meant}\``, name.span, meant),
            ],
    }),
  );
};

/** The pass that netc ships under this name in the place of a word, with the import that it needs. */
const picking = (cx: Context, { text, span }: Name, pass: string): Fix | undefined => {
  const file = cx.shipped.get(pass);
  if (file === undefined) return undefined;
  const pick = `import "${file}" (${pass})`;
  const renamed = text === pass ? [] : [{ span, newText: pass }];
  const title = text === pass ? `add \`${pick}\`` : `write \`${pass}\`, and add \`${pick}\``;
  const edits = [{ span: startOf(span.path), newText: `${pick}\n` }, ...renamed];
  return { title, edits, applicability: 'likely' };
};
