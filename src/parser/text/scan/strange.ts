/** Characters that no token is made of, and letters of other alphabets. */
import { error, replace, type Diagnostic, type Fix } from '../../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../../syntax/source.ts';
import { reserved } from '../tokens.ts';
import { patch, tell, type Scan } from './state.ts';

/** What was probably meant. A replacement of one character stands in the text; a longer one is only proposed. */
const near: ReadonlyMap<string, string> = new Map([
  ...[...'‐‑‒–—―−'].map((dash): [string, string] => [dash, '-']),
  ...[...'×✕✖'].map((times): [string, string] => [times, 'x']),
  ...[...'·∗⋅'].map((star): [string, string] => [star, '*']),
  ...[...'÷∕'].map((slash): [string, string] => [slash, '/']),
  ...[...'\u00a0\u2002\u2003\u2009\u200a\u202f\u3000'].map((gap): [string, string] => [gap, ' ']),
  ...(
    [
      [';', ';'], // the Greek question mark
      ['；', ';'],
      ['：', ':'],
      ['，', ','],
      ['（', '('],
      ['）', ')'],
      ['［', '['],
      ['］', ']'],
      ['｛', '{'],
      ['｝', '}'],
      ['＝', '='],
      ['＋', '+'],
      ['｜', '|'],
      ['→', '->'],
      ['⇒', '=>'],
      ['≤', '<='],
      ['≥', '>='],
      ['≠', '!='],
      ['…', '..'],
      ['&', 'and'],
      ['!', 'not'],
    ] as const
  ).map(([odd, meant]): [string, string] => [odd, meant]),
]);
/** The lexer knows these, so they stay in the text. */
const kept = new Set(['→', '⇒', '≤', '≥', '≠', '…']);
/** Quotes of typography, which stand around strings. */
export const fancyQuotes = '“”„‟«»';

const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
  .filter((c) => !'\t\r\n'.includes(c))
  .join('');
/** The characters below 128 that mean nothing. A `!` means something before `=` only. */
export const strangers = `$%&?\\^\`~!\x7f${controls}`;

const letter = /[\p{L}\p{M}\p{N}]/u;
const wholeWord = /[\p{L}\p{M}\p{N}_]+/uy;

const isStrange = (text: string, at: number): boolean => {
  if (text.charCodeAt(at) >= 128)
    return (
      !fancyQuotes.includes(text[at]!) && !letter.test(String.fromCodePoint(text.codePointAt(at)!))
    );
  return strangers.includes(text[at]!) && !(text[at] === '!' && text[at + 1] === '=');
};

/** What stands in the text for a run of strange characters: as long as the run. */
const standIn = (run: string): string => {
  let out = '';
  for (const c of run) {
    const meant = near.get(c);
    if (kept.has(c)) out += c;
    else if (meant !== undefined && meant.length === 1) out += meant;
    else out += ' '.repeat(c.length);
  }
  return out;
};

const shown = (run: string): string => {
  const c = run.codePointAt(0)!;
  const one = [...run].length === 1;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(run))
    return `\`${run.length > 24 ? `${run.slice(0, 24)}…` : run}\``;
  return one ? `U+${c.toString(16).toUpperCase().padStart(4, '0')}` : 'these characters';
};

/** The fault of a run of strange characters. `behind` is the character behind it: `3×conv` needs a space. */
const strangeRun = (place: Span, run: string, behind: string): Diagnostic => {
  const meant = [...run].map((c) => near.get(c));
  const fixes: Fix[] = [];
  if (meant.every((m) => m !== undefined)) {
    const distinct = new Set([...run].map((c) => near.get(c)));
    const newText =
      run.length > 1 && distinct.size === 1 && (run[0] === '&' || run[0] === '!')
        ? near.get(run[0])! // `&&` is one `and`
        : meant.join('') + (meant.at(-1) === 'x' && /[A-Za-z_]/.test(behind) ? ' ' : '');
    const title = newText.trim() === '' ? 'write a space' : `write \`${newText}\``;
    fixes.push({ title, edits: [{ span: place, newText }], applicability: 'likely' });
  }
  const next = fixes[0]?.title ?? 'take it out';
  const verb = shown(run) === 'these characters' ? 'have' : 'has';
  return error('E0103', place, `${shown(run)} ${verb} no meaning here; ${next}`, { fixes });
};

/** The fault of a word with letters of other alphabets. The fix leaves out marks such as accents. */
const foreignName = (place: Span, word: string, numeral: boolean): Diagnostic => {
  const ascii = word.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const usable = !numeral && /^[A-Za-z_][A-Za-z0-9_]*$/.test(ascii) && !reserved.has(ascii);
  const fixes = usable ? [replace(`write \`${ascii}\``, place, ascii)] : [];
  const message = `${shown(word)} is not a name; names are ASCII letters, digits and \`_\``;
  return error('E0103', place, message, { fixes });
};

/** A name of as many characters. It is never `_` alone, which stands for any size. */
const standInName = (word: string): string => {
  if (word.length > 1) return word.replaceAll(/[^A-Za-z0-9_]/g, '_');
  const base = word.normalize('NFD').charAt(0);
  return /[A-Za-wyz]/.test(base) ? base : 'a';
};

const foreignWord = (scan: Scan, start: number): number => {
  const { path, text } = scan;
  wholeWord.lastIndex = start;
  const end = start + wholeWord.exec(text)![0].length;
  let begin = start;
  while (begin > 0 && /\w/.test(text[begin - 1]!)) begin--;
  const numeral = /\d/.test(text[begin]!); // a name cannot touch it
  if (numeral) begin = start;
  const place = span(path, begin, end);
  const word = text.slice(begin, end);
  tell(scan, foreignName(place, word, numeral));
  if (numeral) scan.removed.push(place);
  const by = numeral ? ' '.repeat(end - start) : standInName(word);
  patch(scan, start, end, by.slice(start - begin));
  return end;
};

/** Characters on each side of a `?` in which the rest of a choice is looked for. */
const SIDE = 200;

/** A condition before `?`, at the end of a text: it begins a step or an argument. */
const condition =
  /(?:^|[;{}([,|\n]|(?<![=<>!])=(?![=<>]))[ \t]*((?:[\w.+*/ \t-]|[<>=!]=|[<>])+?)[ \t]*$/;
/** What stands behind it: two branches without other signs, and `:` between them. */
const branch = String.raw`(?:[\w.@=,+*/ \t-]|\([\w.@=,+*/ \t-]*\))+?`;
const branches = new RegExp(
  String.raw`^[ \t]*(${branch})[ \t]*:[ \t]*(${branch})[ \t]*(?=[;|)}\]\r\n]|--|$)`,
);

/** Reads `n > 1 ? f : g` as `f`: the choice has the place of one branch, and no room for its words. */
const readChoice = (scan: Scan, at: number): number | undefined => {
  const { path, text, patches } = scan;
  const asked = condition.exec(text.slice(Math.max(0, at - SIDE), at))?.[1];
  const found = branches.exec(text.slice(at + 1, at + 1 + SIDE));
  const [whole = '', first = '', second = ''] = found ?? [];
  if (asked === undefined || found === null || `${first}${second}`.includes('--')) return undefined;
  const from = text.lastIndexOf(asked, at);
  const then = at + 1 + whole.indexOf(first);
  const end = at + 1 + whole.trimEnd().length;
  if ((patches.at(-1)?.end ?? 0) > from) return undefined;
  const edit = (start: number, to: number, newText: string) => ({
    span: span(path, start, to),
    newText,
  });
  const edits = [
    edit(from, from, 'if '),
    edit(from + asked.length, then, ' then '),
    edit(then + first.length, end - second.length, ' else '),
  ];
  tell(
    scan,
    error('E0101', span(path, at, at + 1), 'a choice is written `if … then … else …`', {
      fixes: [{ title: 'write `if … then … else …`', edits, applicability: 'likely' }],
    }),
  );
  patch(scan, from, then, ' '.repeat(then - from));
  patch(scan, then + first.length, end, ' '.repeat(end - then - first.length));
  return end;
};

/** Reads a `?`. As a size of a type it is read as `_`; the pass that mends habits has the message. */
export const readQuestion = (scan: Scan, at: number): number => {
  const { text } = scan;
  const isSize =
    /[[,]\s*$/.test(text.slice(Math.max(0, at - 20), at)) &&
    /^\s*[\],]/.test(text.slice(at + 1, at + 21));
  if (!isSize) return readChoice(scan, at) ?? readStrange(scan, at);
  patch(scan, at, at + 1, '_');
  return at + 1;
};

/** Reads a run of characters that mean nothing, or a word of another alphabet. */
export const readStrange = (scan: Scan, start: number): number => {
  const { path, text } = scan;
  if (text[start] === '!' && text[start + 1] === '=') return start + 1;
  if (letter.test(String.fromCodePoint(text.codePointAt(start)!))) return foreignWord(scan, start);
  if (start === 0 && text.charCodeAt(0) === 0xfeff) {
    patch(scan, 0, 1, ' '); // a byte order mark
    return 1;
  }
  let end = start + 1;
  while (end < text.length && isStrange(text, end)) end++;
  const run = text.slice(start, end);
  const by = standIn(run);
  patch(scan, start, end, by);
  tell(scan, strangeRun(span(path, start, end), run, text[end] ?? ''));
  if (by.trim() === '') scan.removed.push(span(path, start, end));
  return end;
};
