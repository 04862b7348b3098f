/** Habits about words that begin something: misspelt ones, and those of other languages. */
import type { IToken, TokenType } from 'chevrotain';
import { replace } from '../../../diagnostic/diagnostic.ts';
import { near } from '../../../diagnostic/suggest.ts';
import * as T from '../tokens.ts';
import { habit } from './habit.ts';
import { begin, isLeft, isStep, keep, keyword, nextOf, say, type Walk } from './walk.ts';

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
/** Those that are long enough to be recognised when they are misspelt. */
const longer = [...elsewhere.keys()].filter(({ length }) => length >= 5);

/** Keywords that begin a step and stand before a name, with a test of the token behind that name. */
const steps: readonly (readonly [TokenType, (token: IToken | undefined) => boolean])[] = [
  [T.Also, (token) => T.is(token, T.LCurly)],
  [T.Def, (token) => T.is(token, T.Equals, T.LParen, T.LCurly)],
  [T.Block, () => true],
];

/** The last word becomes the keyword that was meant. */
const becomes = (walk: Walk, token: IToken, last: IToken, type: TokenType): void => {
  const place = T.placeOf(walk.path, last);
  const fix = replace(`write \`${keyword(type)}\``, place, keyword(type));
  say(walk, place, `did you mean \`${keyword(type)}\`?`, fix);
  T.retag(last, type);
  if (T.declares(last)) begin(walk, last);
  keep(walk, token);
};

/** May a declaration of this type begin with the last word, before `token`? */
const beginsAs = (walk: Walk, token: IToken, last: IToken, type: TokenType): boolean =>
  walk.frame.holder === 'file' &&
  isLeft(walk, last) &&
  !T.is(token, T.Numeral, T.Size) &&
  ((type === T.Import) === T.is(token, T.Text) || type === T.Assert);

/** The keyword of another language. */
export const foreignDeclaration = habit({
  example: ['let f = relu', 'def f = relu'],
  sees: (walk, token, last) => {
    const type = elsewhere.get(last.image);
    return type !== undefined && beginsAs(walk, token, last, type) && type;
  },
  mends: becomes,
});

/** A misspelt keyword at the beginning of a declaration. */
export const misspeltDeclaration = habit({
  example: ['nett A { relu }', 'net A { relu }'],
  sees: (walk, token, last) => {
    if (walk.frame.holder !== 'file' || elsewhere.has(last.image)) return false;
    const close = near(last.image, [...declarations.keys(), ...longer])[0] ?? '';
    const type = declarations.get(close) ?? elsewhere.get(close);
    return type !== undefined && beginsAs(walk, token, last, type) && type;
  },
  mends: becomes,
});

/** A misspelt keyword at the beginning of a step. */
export const misspeltStep = habit({
  example: ['net A { blok conv3-16; relu }', 'net A { block conv3-16; relu }'],
  sees: (walk, token, last) => {
    const { holder } = walk.frame;
    if ((holder !== 'layers' && holder !== 'group') || !isStep(walk)) return false;
    if (!T.is(token, T.Name) || /\d/.test(last.image)) return false;
    const next = nextOf(walk);
    const fits = steps.filter(([, accepts]) => accepts(next)).map(([type]) => type);
    const found = near(last.image, fits.map(keyword))[0];
    return fits.find((type) => keyword(type) === found) ?? false;
  },
  mends: becomes,
});
