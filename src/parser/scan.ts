/**
 * The first pass over a text, character by character: takes out what no token is made of and what is
 * nested too deeply, so that everything behind it is total and its work bounded.
 */
import { error, type Diagnostic, type Edit, type Fix } from '../diagnostic/diagnostic.ts';
import { span, type Source, type Span } from '../syntax/source.ts';
import type { Report } from './faults.ts';
import { endOfString } from './tokens.ts';

/** How deep brackets and nested constructs may go (SAFETY.md). */
export const nestingLimit = 256;

export type Scanned = {
  /** As long as the source, offset by offset. */
  readonly text: string;
  /** What was taken out, in order: nothing beside these places is reported again. */
  readonly removed: readonly Span[];
};

/** What was probably meant; a replacement of one character takes its place, others stay in the text. */
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
/** Two characters that tokens are made of although they are odd alone. */
const kept = new Set(['→', '⇒', '≤', '≥', '≠', '…']);
const quotes = '“”„‟«»';

// what a character code below 128 is to this pass
const plain = 0;
const opens = 1;
const closes = 2;
const quote = 3;
const dash = 4;
const strange = 5;
const lineEnd = 6;
const bang = 7;

const classes = new Uint8Array(128).fill(plain);
const classify = (characters: string, to: number): void => {
  for (const c of characters) classes[c.charCodeAt(0)] = to;
};
for (let c = 0; c < 32; c++) classes[c] = strange;
classes[127] = strange;
classify('\t', plain);
classify('\r\n', lineEnd);
classify('([{', opens);
classify(')]}', closes);
classify('"', quote);
classify('-', dash);
classify('!', bang);
classify("#$%&'?\\^`~", strange);

const declaration = /(?:def|net|import|rewrite|train|eval|assert)\b/y;
const letters = /^[\p{L}\p{M}\p{N}]+$/u;

const lineEndFrom = (text: string, start: number): number => {
  let i = start;
  while (i < text.length && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++;
  return i;
};

const isStrange = (text: string, i: number): boolean => {
  const c = text.charCodeAt(i);
  if (c >= 128) return !quotes.includes(text[i]!);
  return (
    classes[c] === strange || (classes[c] === bang && text.charCodeAt(i + 1) !== 61) // `!=` is a sign
  );
};

/** What stands in the text for a run of strange characters: as long as the run. */
const standIn = (run: string): string => {
  let out = '';
  for (const c of run) {
    const meant = near.get(c);
    if (kept.has(c)) out += c;
    else if (meant !== undefined && meant.length === 1) out += meant;
    else out += (letters.test(c) ? '_' : ' ').repeat(c.length);
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

/** `behind` is the character behind the run: `3×conv` needs a space. */
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
  const next =
    fixes[0]?.title ??
    (letters.test(run)
      ? 'names are ASCII letters, digits and `_`'
      : run.startsWith('#')
        ? 'a comment begins with `--`'
        : 'take it out');
  const verb = shown(run) === 'these characters' ? 'have' : 'has';
  return error('E0103', place, `${shown(run)} ${verb} no meaning here; ${next}`, { fixes });
};

/** Never fails; linear. */
export const scan = (source: Source, report: Report): Scanned => {
  const { path, text } = source;
  const removed: Span[] = [];
  const patches: { readonly start: number; readonly end: number; readonly by: string }[] = [];
  let depth = 0;
  let tooDeepFrom = -1;
  let said = false; // once for one stack of brackets

  const endTooDeep = (end: number): void => {
    if (tooDeepFrom < 0) return;
    while (patches.length > 0 && patches.at(-1)!.start >= tooDeepFrom) patches.pop();
    removed.push(span(path, tooDeepFrom, end));
    patches.push({ start: tooDeepFrom, end, by: ' '.repeat(end - tooDeepFrom) });
    tooDeepFrom = -1;
  };
  /** A declaration at the beginning of a line ends what came before it, closed or not. */
  const lineStart = (at: number): void => {
    if (depth === 0) return;
    declaration.lastIndex = at;
    if (!declaration.test(text)) return;
    if (tooDeepFrom < 0 && text.startsWith('def', at)) return; // perhaps a local one
    endTooDeep(at);
    depth = 0;
    said = false;
  };
  const fancyString = (start: number): number => {
    let end = start + 1;
    const lineStop = lineEndFrom(text, start);
    while (end < lineStop && text[end] !== '"' && !quotes.includes(text[end]!)) end++;
    const closed = end < lineStop;
    const edits: Edit[] = [{ span: span(path, start, start + 1), newText: '"' }];
    patches.push({ start, end: start + 1, by: '"' });
    if (closed && text[end] !== '"') {
      edits.push({ span: span(path, end, end + 1), newText: '"' });
      patches.push({ start: end, end: end + 1, by: '"' });
    }
    const place = span(path, start, closed ? end + 1 : end);
    const fixes: Fix[] = [{ title: 'write straight quotes', edits, applicability: 'likely' }];
    if (tooDeepFrom < 0)
      report(error('E0103', place, 'a string stands between straight quotes, `"…"`', { fixes }));
    return closed ? end + 1 : end;
  };
  const strangers = (start: number): number => {
    let end = start + 1;
    while (end < text.length && isStrange(text, end)) end++;
    if (start === 0 && text.charCodeAt(0) === 0xfeff) {
      patches.push({ start: 0, end: 1, by: ' ' }); // a byte order mark
      return 1;
    }
    const run = text.slice(start, end);
    const by = standIn(run);
    patches.push({ start, end, by });
    if (tooDeepFrom < 0) report(strangeRun(span(path, start, end), run, text[end] ?? ''));
    if (by.trim() === '') removed.push(span(path, start, end));
    return end;
  };

  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    const kind = c < 128 ? classes[c] : quotes.includes(text[i]!) ? quote : strange;
    if (kind === plain) i++;
    else if (kind === lineEnd) lineStart(++i);
    else if (kind === opens) {
      depth++;
      if (depth > nestingLimit && tooDeepFrom < 0) {
        tooDeepFrom = i;
        if (!said)
          report(
            error(
              'E0104',
              span(path, i, i + 1),
              `brackets are nested more than ${nestingLimit} deep; give the inner part a name with \`def\``,
            ),
          );
        said = true;
      }
      i++;
    } else if (kind === closes) {
      i++;
      if (depth > 0) depth--;
      if (depth === 0) said = false;
      if (depth === nestingLimit) endTooDeep(i);
    } else if (kind === quote) i = c === 34 ? endOfString(text, i) : fancyString(i);
    else if (kind === dash && text.charCodeAt(i + 1) === 45) i = lineEndFrom(text, i);
    else if (kind === strange || (kind === bang && text.charCodeAt(i + 1) !== 61)) i = strangers(i);
    else i++;
  }
  endTooDeep(text.length);
  if (patches.length === 0) return { text, removed };
  const pieces: string[] = [];
  let done = 0;
  for (const patch of patches) {
    pieces.push(text.slice(done, patch.start), patch.by);
    done = patch.end;
  }
  pieces.push(text.slice(done));
  return { text: pieces.join(''), removed };
};
