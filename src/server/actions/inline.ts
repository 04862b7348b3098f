/** A call of a definition becomes what it stands for; at a declaration, all its calls do. */
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { sizeNames } from '../../typecheck/expr/names.ts';
import type { Ground } from '../ground.ts';
import { definitionOf, isDeclaration, lastOf, seenIn, type From, type Use } from '../meaning.ts';
import { usesEverywhere } from '../references.ts';
import { declarationOf, exprsOf, pathAt } from '../tree-at.ts';
import { useAt, usesOf } from '../uses.ts';
import type { Change } from '../edits.ts';
import { withComment, type Action, type Offer } from './action.ts';
import { calleeOf, filledIn, isBracketed, together, type Chain, type Filled } from './calls.ts';
import { keepsResults } from './outcome.ts';

/** The uses that lie at a place, from its beginning. */
const usesIn = ({ view }: Ground, { path, start, end }: Span): readonly Use[] =>
  usesOf(view, path).filter(({ word }) => word.start >= start && word.end <= end);

/** The parameter of a definition that a use stands for. */
const parameterBehind = (
  { view: { locate } }: Ground,
  { parameters }: Definition,
  { declared, argument }: Use,
): string | undefined => {
  if (declared === undefined || argument !== undefined) return undefined;
  return parameters.find(({ name }) => {
    const { path, start } = locate(name.span);
    return path === declared.span.path && start === declared.span.start;
  })?.name.text;
};

/** A text with its parameters replaced; undefined where an argument cannot stand in the place of its name. */
const substituted = (
  ground: Ground,
  definition: Definition,
  expr: Expr,
  args: ReadonlyMap<string, string>,
): string | undefined => {
  const place = ground.view.locate(expr.span);
  const text = ground.textOf(place.path)?.text ?? '';
  let made = '';
  let at = place.start;
  for (const use of usesIn(ground, place)) {
    const { word } = use;
    const argument = args.get(parameterBehind(ground, definition, use) ?? '');
    if (argument === undefined) continue;
    // `norm-64`, of a parameter that is a layer with arguments of its own
    const isCalled = /^[-/(\dx]/.test(text.slice(word.end)) && /[A-Za-z_]/.test(argument);
    if (isCalled && !/^[A-Za-z_]\w*$/.test(argument)) return undefined;
    made += text.slice(at, word.start) + together(argument);
    at = word.end;
  }
  return made + text.slice(at, place.end);
};

/** What each parameter is in a call: its argument, or its default with the parameters before it. */
const argumentsOf = (
  ground: Ground,
  definition: Definition,
  filled: readonly Filled[],
): ReadonlyMap<string, string> | undefined => {
  const args = new Map<string, string>();
  for (const parameter of definition.parameters) {
    if (parameter.tag === 'rest') return undefined;
    const name = parameter.name.text;
    const given = filled.find((f) => f.parameter === name)?.text;
    const fallback = parameter.default && substituted(ground, definition, parameter.default, args);
    const text = given ?? fallback;
    if (text === undefined) return undefined;
    args.set(name, text);
  }
  return args;
};

const isFrom =
  (...all: readonly From[]) =>
  ({ from }: Use): boolean =>
    all.includes(from);

const fromFile = isFrom('declaration', 'import', 'std');
/** What a body leaves behind for the layers after it, and for the names of weights. */
const leavesName = isFrom('remembered', 'label');

const textsOf = (uses: readonly Use[]): ReadonlySet<string> =>
  new Set(uses.map(({ text }) => text));

/** The names that a body binds beside its parameters. */
const boundIn = (ground: Ground, { span, parameters }: Definition): readonly Use[] => {
  const { locate } = ground.view;
  const own = new Set(parameters.map(({ name }) => locate(name.span).start));
  return usesIn(ground, locate(span)).filter(
    (use) => isDeclaration(use) && !fromFile(use) && !own.has(use.word.start),
  );
};

/** Names of the body that would mean something else in the definition around the call. */
const isCaptured = (ground: Ground, definition: Definition, around: readonly Use[]): boolean => {
  const own = textsOf(
    around.filter(
      (use) =>
        isFrom('parameter', 'where')(use) || (use.from === 'size' && use.declared !== undefined),
    ),
  );
  // in an ascription a name that is known is compared, and not bound
  if (sizeNames(definition.signature?.input).some((name) => own.has(name))) return true;
  const left = textsOf(boundIn(ground, definition).filter(leavesName));
  if (around.some((use) => leavesName(use) && left.has(use.text))) return true;
  return usesIn(ground, ground.view.locate(definition.body.span)).some(
    (use) => fromFile(use) && own.has(use.text),
  );
};

/** Names of the arguments that would mean what the definition binds under them. */
const isCaught = (ground: Ground, definition: Definition, chain: Chain): boolean => {
  const names = textsOf(boundIn(ground, definition).filter(({ from }) => from !== 'label'));
  return chain.links.some((link) =>
    usesIn(ground, ground.view.locate(link.span)).some(
      ({ text, argument }) => argument === undefined && names.has(text),
    ),
  );
};

/** Whether the names that a body has from its file mean the same in the file of the call. */
const isSeenHere = (ground: Ground, definition: Definition): boolean => {
  const body = ground.view.locate(definition.span);
  if (body.path === ground.path) return true;
  const { own, imported } = seenIn(ground.view, ground.path);
  return usesIn(ground, body).every((use) => {
    if (use.from === 'module') return false;
    if (!fromFile(use) || (isDeclaration(use) && use.declared?.node === definition)) return true;
    const here = own.get(use.text) ?? imported.own.get(use.text);
    return here?.node === use.declared?.node;
  });
};

/** Whether something is wrong at a place. */
const isFaulty = ({ view }: Ground, { path, start, end }: Span): boolean =>
  view.found.some(
    ({ severity, primary: { span } }) =>
      severity === 'error' && span.path === path && span.start <= end && span.end >= start,
  );

/** A body that keeps together. Paper notation of an operator does, and `n-1` is two numbers with a sign between them. */
const kept = ({ view }: Ground, body: Expr, text: string): string => {
  const word = body.tag === 'chain' ? view.locate(lastOf(body.word).span) : undefined;
  const isOperator = word !== undefined && useAt(view, word.path, word.start)?.from === 'std';
  const one = isOperator ? /^[\w.]+([-/]\w+)*(\([^()]*\))?$/ : /^[\w.]+(\([^()]*\))?$/;
  return one.test(text) || isBracketed(text) ? text : together(text);
};

/** The body with the type of its definition, which it keeps. */
const withType = (
  ground: Ground,
  definition: Definition,
  args: ReadonlyMap<string, string>,
  body: string,
): string => {
  const { signature } = definition;
  const own = kept(ground, definition.body, body);
  if (signature === undefined) return own;
  const type = substituted(ground, definition, { tag: 'any', span: signature.span }, args) ?? '';
  return `(${own} : ${type.replace(/^:\s*/, '')})`;
};

/** The call whose name is at a place, as what it stands for. */
const inlined = (ground: Ground, offset: number): (Change & { readonly of: Use }) | undefined => {
  const { locate } = ground.view;
  const path = pathAt(ground, offset);
  const chain = exprsOf(path).findLast((e) => e.tag === 'chain');
  const callee = chain && calleeOf(ground, chain);
  const definition = definitionOf(callee?.use.declared);
  const around = declarationOf(path.slice(0, 1));
  if (chain === undefined || callee === undefined || around === undefined) return undefined;
  if (definition?.tag !== 'def' || callee.open || offset > callee.use.word.end) return undefined;
  const span = locate(chain.span);
  if (isFaulty(ground, span) || isFaulty(ground, locate(definition.span))) return undefined;
  if (!isSeenHere(ground, definition)) return undefined;
  const filled = filledIn(ground, chain, callee);
  const args = filled && argumentsOf(ground, definition, filled);
  const body = args && substituted(ground, definition, definition.body, args);
  if (args === undefined || body === undefined) return undefined;
  const names = usesIn(ground, locate(around.span));
  if (isCaptured(ground, definition, names) || isCaught(ground, definition, chain))
    return undefined;
  return { span, newText: withType(ground, definition, args, body), of: callee.use };
};

const action = (title: string, changes: readonly Change[]): Action => ({
  title,
  kind: 'refactor.inline',
  changes,
});

const call: Offer = (ground, { start }) => {
  const found = inlined(ground, start);
  if (found === undefined || !keepsResults(ground, [found])) return [];
  return [action(`inline \`${found.of.text}\``, [found])];
};

/** The lines of a declaration, with the comment above it and the empty line below. */
const linesOf = (text: string, { start, end }: Span): { start: number; end: number } => {
  const rest = /^[ \t]*(?:--[^\n]*)?(?:\n|$)(?:[ \t]*\n)?/.exec(text.slice(end))?.[0].length ?? 0;
  return { start: withComment(text, start), end: end + rest };
};

/** Every call of the definition that is declared at a place; nobody else may use it. */
const declared: Offer = (ground, { start }) => {
  const { view, path, text } = ground;
  const use = useAt(view, path, start);
  const definition = definitionOf(use?.declared);
  if (use === undefined || definition?.tag !== 'def' || !isDeclaration(use)) return [];
  const { uses, lacks } = usesEverywhere(ground, use.declared!);
  const calls = uses.filter((other) => !isDeclaration(other));
  if (lacks !== undefined || calls.length === 0 || calls.some(({ word }) => word.path !== path))
    return [];
  const changes = calls.flatMap(({ word }) => inlined(ground, word.start) ?? []);
  const isApart = changes.every(({ span }, i) => i === 0 || changes[i - 1]!.span.end <= span.start);
  if (changes.length < calls.length || !isApart) return [];
  const own = view.locate(definition.span);
  const all = [...changes, { span: { ...own, ...linesOf(text.text, own) }, newText: '' }];
  if (!keepsResults(ground, all)) return [];
  return [action(`inline \`${use.text}\` at each of its calls, and delete it`, all)];
};

/** Inlines the call at a place, or every call of what is declared there. */
export const inline: Offer = (ground, selection) => [
  ...call(ground, selection),
  ...declared(ground, selection),
];
