/**
 * Kinds: whether an expression is a number, a layer or something else. They are not written,
 * and the meaning of signs depends on them, so they are found before anything is computed. Nothing is reported:
 * whoever wants the value of an expression reports what is wrong with it.
 */
import type { Sign, Expr } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/source.ts';
import { throughGroups } from '../../syntax/walk.ts';
import { calleeName } from './parameters.ts';
import { bind, isComplete } from './bind.ts';
import { closureKey, callScope, whereScope } from './bodies.ts';
import { once, type Context } from './context.ts';
import { callOf } from './fill.ts';
import { flatten, type Flat } from './infix.ts';
import { seek } from './names.ts';
import { kindOfValue, type Callee, type Kind, type Meaning, type Scope } from './values.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;
type DefinitionCallee = Extract<Callee, { readonly tag: 'definition' }>;

/** The kinds that the text tells; the others are those of the parts, or of what words mean. */
const ofText: { readonly [tag in Expr['tag']]: Kind | 'of its parts' } = {
  number: 'number',
  negate: 'number',
  size: 'size',
  string: 'string',
  range: 'range',
  list: 'list',
  compare: 'flag',
  not: 'flag',
  and: 'flag',
  or: 'flag',
  any: 'unknown',
  missing: 'unknown',
  sequence: 'layer',
  beside: 'layer',
  block: 'layer',
  also: 'layer',
  label: 'layer',
  as: 'layer',
  ascribe: 'layer',
  recall: 'layer',
  spread: 'layer',
  with: 'layer',
  chain: 'of its parts',
  group: 'of its parts',
  run: 'of its parts',
  times: 'of its parts',
  if: 'of its parts',
  where: 'of its parts',
};

/**
 * The kind of the value that an expression has in a scope. It is that of the value also where a fault
 * leaves none, as far as the words tell; a name that is defined by itself is unknown.
 */
export const kindOf = (cx: Context, expr: Expr, scope: Scope): Kind => {
  const told = ofText[expr.tag];
  if (told !== 'of its parts') return told;
  // a word alone costs nothing
  return expr.tag === 'chain' && expr.links.length === 0
    ? kindOfChain(cx, expr, scope)
    : remembered(cx, expr, scope);
};

/** Counted and limited as values are: a kind may ask for as many others. */
const remembered = (cx: Context, expr: Expr, scope: Scope): Kind => {
  const key = closureKey(expr, scope);
  const known = cx.kinds.get(key);
  if (known !== undefined) return known;
  cx.kinds.set(key, 'unknown');
  const kind = cx.within(expr.span, () => found(cx, throughGroups(expr), scope)) ?? 'unknown';
  cx.kinds.set(key, kind);
  return kind;
};

const found = (cx: Context, expr: Expr, scope: Scope): Kind => {
  switch (expr.tag) {
    case 'chain':
      return kindOfChain(cx, expr, scope);
    case 'run':
      return kindOfTerms(cx, flatOf(cx, expr.operands, expr.signs, scope), scope);
    case 'times':
      return kindOfTimes(kindOf(cx, expr.body, scope));
    case 'if': {
      const chosen = cx.quietly(() => cx.evaluate(cx, expr.condition, scope)).value;
      if (chosen.tag !== 'flag') return 'unknown';
      return kindOf(cx, chosen.value ? expr.then : expr.else, scope);
    }
    case 'where': {
      const inside = cx.quietly(() => whereScope(cx, expr, scope)).value;
      return kindOf(cx, expr.body, inside);
    }
    default:
      return kindOf(cx, expr, scope);
  }
};

/** `n x f` is a repetition when `f` is a layer, and `h x w` a size when it is a number. */
const kindOfTimes = (body: Kind): Kind => {
  if (body === 'layer' || body === 'unknown') return 'layer';
  return body === 'number' ? 'size' : 'unknown';
};

// ------------------------------------------------------------------------------------------- runs

/** A run, or a chain that is a number, with the `-` and `/` that touch numbers taken apart. */
export const flatOf = (
  cx: Context,
  operands: readonly Expr[],
  signs: readonly { readonly sign: Sign; readonly span: Span }[],
  scope: Scope,
): Flat => flatten(operands, signs, (chain) => linksOfNumber(cx, chain, scope));

/** A run is arithmetic unless one of its terms is a layer. */
export const kindOfTerms = (cx: Context, { terms }: Flat, scope: Scope): Kind =>
  terms.some((t) => kindOf(cx, t.expr, scope) === 'layer') ? 'layer' : 'number';

/**
 * How many links of a chain belong to its word when the chain is a number: none for a plain number, the
 * call for a number function. Undefined where they all do, as for layers.
 */
export const linksOfNumber = (cx: Context, chain: Chain, scope: Scope): number | undefined => {
  const word = wordOf(cx, chain, scope);
  const call = chain.links.findIndex((l) => l.tag === 'call') + 1;
  if (word.callee === undefined) return linksOf(word.kind, call);
  const callee = numberOrLayer(word.callee);
  if (callee === undefined) return undefined;
  const kindWith = (links: Chain['links']): Kind =>
    kindOfCall(cx, { ...chain, links }, word, callee, scope);
  if (isConstant(callee) && kindWith([]) !== 'layer') return 0;
  if (call === 0 || call === chain.links.length) return undefined;
  const links = chain.links.slice(0, call);
  // what a call still wants is what follows it: `f()-1` is `f(1)`
  if (!isComplete(cx, callee, callOf({ ...chain, links }, word, scope))) return undefined;
  return kindWith(links) === 'number' ? call : undefined;
};

/** The same for a word of this kind that is not a definition; `call` counts the links up to a call. */
const linksOf = (kind: Kind, call: number): number | undefined => {
  switch (kind) {
    case 'layer':
    case 'rewrite':
    case 'unknown':
      return undefined;
    case 'word':
    case 'fact':
      return call;
    default:
      return 0;
  }
};

// ------------------------------------------------------------------------------------------ words

/** What a word is alone, what it calls if it can be called, and the size at its end. */
type Known = {
  readonly kind: Kind;
  readonly callee: Callee | undefined;
  readonly size: Meaning['size'];
};

const wordOf = (cx: Context, { word }: Chain, scope: Scope): Known => {
  const sought = seek(word, scope);
  if (sought.tag !== 'entry') return { kind: 'unknown', callee: undefined, size: undefined };
  const { size } = sought;
  const { written, value: compute } = sought.entry;
  const kind = written && remembered(cx, written.expr, written.scope);
  if (kind !== undefined && kind !== 'layer') return { kind, callee: undefined, size };
  const { value } = cx.quietly(compute);
  const callee = value.tag === 'callable' ? value.callee : undefined;
  return { kind: kindOfValue(value), callee, size };
};

const kindOfChain = (cx: Context, chain: Chain, scope: Scope): Kind => {
  const word = wordOf(cx, chain, scope);
  const { kind, size } = word;
  const bare = chain.links.length === 0 && size === undefined;
  if (word.callee !== undefined) {
    const callee = numberOrLayer(word.callee);
    if (callee === undefined || (bare && !isConstant(callee))) return 'layer';
    const kept = bare ? undefined : linksOfNumber(cx, chain, scope);
    const isArithmetic = kept !== undefined && kept < chain.links.length;
    return isArithmetic ? 'number' : kindOfCall(cx, chain, word, callee, scope);
  }
  if (bare || kind === 'layer' || kind === 'unknown') return kind;
  if (kind === 'rewrite') return 'layer'; // a pass that is applied
  if (size !== undefined) return 'unknown';
  const [first, second] = chain.links;
  if (first?.tag !== 'call' || second !== undefined) return 'number';
  return kind === 'word' || kind === 'fact' ? 'number' : 'unknown';
};

/** Without parameters, and so perhaps the name of a number. */
const isConstant = ({ definition }: DefinitionCallee): boolean =>
  definition.parameters.length === 0;

/** The kind of a definition in one call is that of its body. */
const kindOfCall = (
  cx: Context,
  chain: Chain,
  word: Pick<Meaning, 'size'>,
  callee: DefinitionCallee,
  scope: Scope,
): Kind => {
  const { value } = cx.quietly(() => {
    const body = opened(cx, chain, word, callee, scope);
    return body && cx.calling(chain.span, () => kindOf(cx, callee.definition.body, body));
  });
  return value ?? 'unknown';
};

/**
 * The scope of a definition's body in the call that a chain makes. Its arguments are evaluated, for equal
 * ones give the same scope, and share what is known in it; what is wrong with them is reported.
 */
export const opened = (
  cx: Context,
  chain: Chain,
  word: Pick<Meaning, 'size'>,
  callee: DefinitionCallee,
  scope: Scope,
): Scope | undefined =>
  once(cx, cx.opened, closureKey(chain, scope), () => {
    const given = bind(cx, callee, calleeName(callee), callOf(chain, word, scope));
    return callScope(cx, callee, given, chain.span);
  });

/** The definition that is called if it may be a number; of most layers the text tells. */
export const numberOrLayer = (callee: Callee): DefinitionCallee | undefined => {
  if (callee.tag === 'operator') return undefined;
  const { definition } = callee;
  if (definition.tag === 'net' || definition.signature !== undefined) return undefined;
  const tagOf = (e: Expr): Expr['tag'] =>
    e.tag === 'group' || e.tag === 'where' ? tagOf(e.body) : e.tag;
  return ofText[tagOf(definition.body)] === 'layer' ? undefined : callee;
};
