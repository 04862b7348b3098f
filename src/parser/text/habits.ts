/**
 * Between brackets and layout: what people write who come from other languages, or slip. Each habit is
 * reported once, and its tokens become what was meant, so that nothing behind this pass stumbles over it.
 */
import type { IToken, TokenType } from 'chevrotain';
import { error, replace, type Edit, type Fix } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/near.ts';
import { span, type Source, type Span } from '../../syntax/source.ts';
import { meets, type Report } from './faults.ts';
import * as T from './tokens.ts';
import { endsValue, virtual } from './words.ts';

/** What holds the tokens: `items` stand between commas, `other` brackets are left alone. */
type Holder = 'file' | 'layers' | 'group' | 'items' | 'weights' | 'other';

type Frame = {
  readonly holder: Holder;
  readonly isParameters: boolean;
  /** Behind `where`, whose commas are in order. */
  inWhere: boolean;
  /** Between `net` or `def` and what it is. */
  inHead: boolean;
  /** The commas that were read as `;`. */
  commas: Edit[];
};

const opens = T.oneOf(T.LParen, T.LSquare, T.LCurly);
const closes = T.oneOf(T.RParen, T.RSquare, T.RCurly);
const declares = T.oneOf(...[T.Def, T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert]);
const beginsItem = T.oneOf(T.Name, T.Qualified, T.Numeral, T.Size, T.Text);
const numeral = T.oneOf(T.Numeral, T.Size);
const separator = T.oneOf(T.Comma, T.Semi);
const beginsStep = T.oneOf(
  ...[T.LCurly, T.LParen, T.Semi, T.Equals, T.Bar, T.Plus, T.Colon, T.Block, T.Times, T.FatArrow],
);
const signs = T.oneOf(
  ...[T.Comma, T.Semi, T.Colon, T.Arrow, T.Where, T.Equals],
  ...[T.Def, T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert],
);

const keyword = (type: TokenType): string => type.name.toLowerCase();
/** Keywords that begin a declaration. */
const declarations: ReadonlyMap<string, TokenType> = new Map(
  [T.Net, T.Def, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert].map((t) => [keyword(t), t]),
);
/** What other languages call them. */
const elsewhere: ReadonlyMap<string, TokenType> = new Map([
  ...['model', 'network', 'class'].map((w): [string, TokenType] => [w, T.Net]),
  ...['let', 'fn', 'func', 'fun', 'function', 'define', 'layer', 'module', 'var', 'const'].map(
    (w): [string, TokenType] => [w, T.Def],
  ),
  ...['include', 'require', 'use', 'from'].map((w): [string, TokenType] => [w, T.Import]),
]);
/** Those that a slip leaves recognisable. */
const longer = [...elsewhere.keys()].filter(({ length }) => length >= 5);
/** Keywords that begin a step, with what stands behind the name behind them. */
const steps: readonly (readonly [TokenType, (token: IToken | undefined) => boolean])[] = [
  [T.Also, (token) => T.is(token, T.LCurly)],
  [T.Def, (token) => T.is(token, T.Equals, T.LParen, T.LCurly)],
  [T.Block, () => true],
];

/** Layers whose first number is a kernel, as it is drawn in papers: only how a slip is read depends on them. */
const windowed = /^(conv|deconv|depthwise|maxpool|avgpool)$/;

/** `doubtful` are the places of brackets without an end: whatever is wrong there was said. Linear. */
export const mendHabits = (
  source: Source,
  text: string,
  tokens: IToken[],
  doubtful: readonly Span[],
  report: Report,
): IToken[] => {
  const { path } = source;
  const out: IToken[] = [];
  const frames: Frame[] = [];
  const open = (holder: Holder, isParameters = false): Frame => ({
    holder,
    isParameters,
    inWhere: false,
    inHead: false,
    commas: [],
  });
  let frame = open('file');
  let declaration: IToken | undefined; // at the top
  let closed: Frame | undefined; // by the last token
  let names: ReadonlySet<string> | undefined;
  const keep = (token: IToken): void => {
    out.push(token);
  };

  const between = (from: IToken, to: IToken): Span =>
    span(path, from.startOffset, Math.max(T.endOf(from), T.endOf(to)));
  const gap = (from: IToken, to: IToken): Span => span(path, T.endOf(from), to.startOffset);
  const placeOf = (token: IToken): Span => between(token, token);
  const behind = (token: IToken): Span => span(path, T.endOf(token), T.endOf(token));
  const say = (place: Span, message: string, fixes: readonly Fix[]): void => {
    if (!meets(doubtful, place.start, place.end)) report(error('E0101', place, message, { fixes }));
  };
  const sameLine = (a: IToken, b: IToken): boolean =>
    !/[\r\n]/.test(text.slice(T.endOf(a), b.startOffset));
  const onlySpace = (a: IToken, b: IToken): boolean =>
    T.endOf(a) < b.startOffset && /^[ \t]+$/.test(text.slice(T.endOf(a), b.startOffset));
  const touches = (a: IToken | undefined, b: IToken | undefined): boolean =>
    a !== undefined && b !== undefined && T.endOf(a) === b.startOffset;
  /** Does the token stand at the very left of the file? */
  const isLeft = ({ startOffset }: IToken): boolean =>
    startOffset === 0 || /[\r\n]/.test(text[startOffset - 1]!);
  /** Does the last token begin a step? Its predecessor tells. */
  const isStep = (): boolean => {
    const last = out.at(-1);
    const previous = out.at(-2);
    if (last === undefined || previous === undefined || beginsStep(previous)) return true;
    return frame.holder === 'layers' && !sameLine(previous, last);
  };

  // commas

  const flush = ({ commas }: Frame): void => {
    const first = commas[0];
    if (first === undefined) return;
    const title = commas.length === 1 ? 'write `;`' : `write \`;\`, ${commas.length} times`;
    const fix: Fix = { title, edits: commas, applicability: 'likely' };
    say(first.span, 'write `;` between layers; a `,` goes between arguments', [fix]);
  };
  /** A comma between layers is a `;`, and none where nothing follows. */
  const comma = (token: IToken, next: IToken | undefined): void => {
    const layers =
      frame.holder === 'layers' ||
      frame.holder === 'group' ||
      (frame.holder === 'file' && T.is(declaration, T.Net, T.Def) && !frame.inHead);
    const last = out.at(-1);
    if (!layers || frame.inWhere || last === undefined || !endsValue(last)) return keep(token);
    const ends =
      next === undefined ||
      closes(next) ||
      separator(next) ||
      (frames.length === 0 && declares(next));
    frame.commas.push({ span: placeOf(token), newText: ends ? '' : ';' });
    if (ends) return;
    T.retag(token, T.Semi);
    keep(token);
  };
  /** `conv(3; pad = 1)` */
  const semicolon = (token: IToken, i: number): void => {
    const named = T.is(tokens[i + 1], T.Name) && T.is(tokens[i + 2], T.Equals);
    if (frame.holder === 'items' && named) {
      const fix = replace('write `,`', placeOf(token), ',', 'certain');
      say(placeOf(token), 'a `,` goes between arguments', [fix]);
      T.retag(token, T.Comma);
    }
    keep(token);
  };
  const needsComma = (next: IToken | undefined): boolean => {
    if (frame.holder === 'weights') return T.is(next, T.Equals);
    return frame.holder === 'items' && !T.is(next, T.Colon);
  };
  const addComma = (last: IToken, token: IToken): void => {
    const place = behind(last);
    const newText = touches(last, token) ? ', ' : ',';
    say(between(last, token), `a \`,\` is missing before \`${token.image.slice(0, 40)}\``, [
      replace('write `,`', place, newText, 'certain'),
    ]);
    keep(virtual(T.Comma, '', place.start, place.start));
  };

  // two words

  /** `conv 3-16` and `fc 10` */
  const numberBehind = (last: IToken, number: IToken, next: IToken | undefined): void => {
    const linked = touches(number, next) && T.is(next, T.Minus, T.Slash, T.LParen);
    const place = gap(last, number);
    const joined = `${last.image}${number.image}`;
    const dashed = `${last.image}-${number.image}`;
    if (linked) {
      const end = T.endOf(number);
      const whole = joined + (/^[-/]\w*/.exec(text.slice(end, end + 24))?.[0] ?? '');
      say(between(last, number), `no space stands inside a layer; write \`${whole}\``, [
        replace('remove the space', place, '', 'certain'),
      ]);
      // the name begins later than it does, so that it ends where it does
      out.pop();
      return keep(virtual(T.Name, joined, end - joined.length, end));
    }
    out.pop();
    if (windowed.test(last.image)) {
      say(between(last, number), `a kernel touches its layer; write \`${joined}\``, [
        replace(`write \`${joined}\``, place, ''),
      ]);
      const end = T.endOf(number);
      return keep(virtual(T.Name, joined, end - joined.length, end));
    }
    say(between(last, number), `an argument touches its layer; write \`${dashed}\``, [
      replace(`write \`${dashed}\``, place, '-'),
    ]);
    const length = last.image.length;
    keep(virtual(T.Name, last.image, number.startOffset - 1 - length, number.startOffset - 1));
    keep(virtual(T.Minus, '-', number.startOffset - 1, number.startOffset));
    keep(number);
  };
  /** Does the name stand alone between brackets or commas, as parameters do, or before `=`? */
  const isGiven = (token: IToken, i: number): boolean =>
    T.is(token, T.Name) &&
    T.is(tokens[i - 1], T.LParen, T.LSquare, T.Comma, T.Where, T.Def) &&
    T.is(tokens[i + 1], T.RParen, T.RSquare, T.Comma, T.Equals);
  /** `nx conv3-c`, where `n` is a name of the file. */
  const repeats = (last: IToken, token: IToken): boolean => {
    const { image } = last;
    if (image.length < 2 || !image.endsWith('x') || (T.is(token, T.LParen) && image.length > 2))
      return false;
    names ??= new Set(tokens.flatMap((t, i) => (isGiven(t, i) ? [t.image] : [])));
    return names.has(image.slice(0, -1));
  };
  const repetition = (last: IToken): void => {
    const count = last.image.slice(0, -1);
    const at = T.endOf(last) - 1;
    say(placeOf(last), `a repetition is a number and \`x\`; write \`${count} x\``, [
      replace('insert a space', span(path, at, at), ' '),
    ]);
    out.pop();
    keep(virtual(T.Name, count, last.startOffset, at));
    keep(virtual(T.Times, 'x', at, at + 1));
  };
  const meant = (last: IToken, type: TokenType): void => {
    const fix = replace(`write \`${keyword(type)}\``, placeOf(last), keyword(type));
    say(placeOf(last), `did you mean \`${keyword(type)}\`?`, [fix]);
    T.retag(last, type);
  };
  /** `nett A = …` at the left of the file. */
  const declaring = (last: IToken, token: IToken): TokenType | undefined => {
    if (frame.holder !== 'file' || !isLeft(last)) return undefined;
    const close = near(last.image, [...declarations.keys(), ...longer])[0] ?? '';
    const type = elsewhere.get(last.image) ?? declarations.get(close) ?? elsewhere.get(close);
    return (type === T.Import) === T.is(token, T.Text) || type === T.Assert ? type : undefined;
  };
  /** `blok conv3-64` and `als aux { … }` */
  const stepping = (
    last: IToken,
    token: IToken,
    next: IToken | undefined,
  ): TokenType | undefined => {
    if (frame.holder !== 'layers' && frame.holder !== 'group') return undefined;
    if (!T.is(token, T.Name) || /\d/.test(last.image)) return undefined;
    const fits = steps.filter(([, accepts]) => accepts(next)).map(([type]) => type);
    const found = near(last.image, fits.map(keyword))[0];
    return fits.find((type) => keyword(type) === found);
  };
  /** Two words or numbers side by side, the second of which is `tokens[i]`. */
  const sideBySide = (last: IToken, token: IToken, i: number): void => {
    const next = tokens[i + 1];
    if (frame.inWhere && frame.holder === 'layers' && !sameLine(last, token)) frame.inWhere = false;
    if (T.is(last, T.Name) && onlySpace(last, token) && frame.holder !== 'other') {
      const linked = touches(token, next) && T.is(next, T.Minus, T.Slash);
      if (numeral(token) && (linked || frame.holder !== 'items') && isStep())
        return numberBehind(last, token, next);
      if (!numeral(token)) {
        if (isStep() && repeats(last, token)) {
          repetition(last);
          return keep(token);
        }
        const type = declaring(last, token) ?? (isStep() ? stepping(last, token, next) : undefined);
        if (type !== undefined) {
          meant(last, type);
          if (declares(last)) begin(last);
          return keep(token);
        }
      }
    }
    if (beginsItem(token) && needsComma(next)) addComma(last, token);
    keep(token);
  };

  // heads

  /** A declaration begins, or a local `def`. */
  const begin = (token: IToken): void => {
    if (frame.holder === 'file') {
      flush(frame);
      frame.commas = [];
      frame.inWhere = false;
      declaration = token;
    }
    frame.inHead = T.is(token, T.Net, T.Def);
  };
  /** The `)` of the `(` at `i`. */
  const partner = (i: number): number => {
    let depth = 0;
    for (let j = i; j < tokens.length; j++) {
      if (opens(tokens[j]!)) depth++;
      else if (closes(tokens[j]!) && --depth === 0) return j;
    }
    return i;
  };
  /** `: (32, 32, 3) -> (10)` */
  const roundType = (sign: number): void => {
    const edits: Edit[] = [];
    let end = sign;
    for (let i = sign; T.is(tokens[i + 1], T.LParen);) {
      const close = partner(i + 1);
      const pair = [tokens[i + 1]!, tokens[close]!] as const;
      edits.push(
        { span: placeOf(pair[0]), newText: '[' },
        { span: placeOf(pair[1]), newText: ']' },
      );
      T.retag(pair[0], T.LSquare);
      T.retag(pair[1], T.RSquare);
      end = close;
      i = T.is(tokens[close + 1], T.Arrow) ? close + 1 : -2;
    }
    const fix: Fix = { title: 'write square brackets', edits, applicability: 'likely' };
    say(between(tokens[sign + 1]!, tokens[end]!), 'a type stands in `[ ]`, as in `[h, w, c]`', [
      fix,
    ]);
  };
  const noColon = (last: IToken): void => {
    const place = behind(last);
    say(place, 'a `:` is missing before the type', [replace('write `:`', place, ' :', 'certain')]);
    keep(virtual(T.Colon, '', place.start, place.start));
  };

  const holderOf = (token: IToken): Holder => {
    const last = out.at(-1);
    const inClauses = T.is(declaration, T.Train, T.Eval);
    if (T.is(token, T.LSquare)) return 'items';
    if (T.is(token, T.LCurly)) {
      if (T.is(last, T.With) && !inClauses) return 'weights';
      return inClauses || (T.is(declaration, T.Rewrite) && frames.length === 0)
        ? 'other'
        : 'layers';
    }
    if (isParameters() || T.is(declaration, T.Import)) return 'items';
    if (touches(last, token)) {
      if (endsValue(last!)) return 'items';
      if (T.is(last, T.Minus, T.Slash)) return 'other';
    }
    return T.is(declaration, T.Net, T.Def, T.Rewrite) ? 'group' : 'other';
  };
  const isParameters = (): boolean =>
    frame.inHead && T.is(out.at(-1), T.Name) && T.is(out.at(-2), T.Net, T.Def);

  /** `a = conv3-16` at the left of the file lacks its `def`. */
  const equals = (): void => {
    const last = out.at(-1);
    const before = out.at(-2);
    const isName = last !== undefined && T.is(last, T.Name) && isLeft(last);
    const ended = before === undefined || endsValue(before);
    if (frame.holder === 'file' && isName && ended && !frame.inWhere && !frame.inHead) {
      const at = last.startOffset;
      say(placeOf(last), `what has a name is declared; write \`def ${last.image} = …\``, [
        replace('write `def`', span(path, at, at), 'def ', 'certain'),
      ]);
      out.pop();
      const def = virtual(T.Def, '', at, at);
      keep(def);
      keep(last);
      begin(def);
    }
    frame.inHead = false;
  };

  const sign = (token: IToken, i: number): void => {
    if (T.is(token, T.Comma)) return comma(token, tokens[i + 1]);
    if (T.is(token, T.Semi)) return semicolon(token, i);
    if (T.is(token, T.Where)) frame.inWhere = true;
    else if (T.is(token, T.Equals)) equals();
    else if (declares(token)) begin(token);
    else if (frame.inHead && T.is(tokens[i + 1], T.LParen)) roundType(i); // behind `:` or `->`
    keep(token);
  };

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const last = out.at(-1);
    if (opens(token)) {
      const isType = frame.inHead && T.is(token, T.LSquare) && last !== undefined;
      if (isType && (T.is(last, T.Name) || closed?.isParameters === true)) noColon(last);
      const inner = open(holderOf(token), isParameters());
      if (T.is(token, T.LCurly)) frame.inHead = false;
      if (T.is(token, T.LParen) && T.is(last, T.Name) && onlySpace(last!, token))
        if (isStep() && repeats(last!, token)) repetition(last!);
      frames.push(frame);
      frame = inner;
      keep(token);
      closed = undefined;
    } else if (closes(token)) {
      flush(frame);
      closed = frame;
      frame = frames.pop() ?? open('file');
      keep(token);
    } else {
      if (last !== undefined && beginsItem(token) && endsValue(last)) sideBySide(last, token, i);
      else if (signs(token)) sign(token, i);
      else keep(token);
      closed = undefined;
    }
  }
  flush(frame);
  return out;
};
