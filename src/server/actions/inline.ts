/** A call of a definition becomes what it stands for. */
import type { Definition, Expr } from '../../syntax/tree.ts';
import { sizeNames } from '../../typecheck/expr/names.ts';
import type { Ground } from '../ground.ts';
import { definitionOf, isDeclaration, type Use } from '../meaning.ts';
import { declarationOf, exprsOf, pathAt } from '../tree-at.ts';
import { usesOf } from '../uses.ts';
import type { Offer } from './action.ts';
import { calleeOf, filledIn, isAtom, together, type Chain, type Filled } from './calls.ts';

/** The uses that lie in a text, from its beginning. */
const usesIn = (ground: Ground, { start, end }: { start: number; end: number }): readonly Use[] =>
  usesOf(ground.view, ground.path).filter(({ word }) => word.start >= start && word.end <= end);

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
  const { text } = ground.text;
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

/** Names of the body that would mean something else in the definition around the call. */
const isCaptured = (ground: Ground, definition: Definition, around: readonly Use[]): boolean => {
  const own = new Set(around.map(({ text }) => text));
  // in an ascription a name that is known is compared, and not bound
  if (sizeNames(definition.signature?.input).some((name) => own.has(name))) return true;
  return usesIn(ground, ground.view.locate(definition.body.span)).some(
    ({ text, from }) =>
      (from === 'declaration' || from === 'import' || from === 'std') && own.has(text),
  );
};

/** Names of the arguments that would mean what the definition binds under them. */
const isCaught = (ground: Ground, { span, parameters }: Definition, chain: Chain): boolean => {
  const { locate } = ground.view;
  const own = new Set(parameters.map(({ name }) => locate(name.span).start));
  const bound = usesIn(ground, locate(span)).filter(
    (use) => isDeclaration(use) && use.from !== 'label' && !own.has(use.word.start),
  );
  const names = new Set(bound.map(({ text }) => text));
  return chain.links.some((link) =>
    usesIn(ground, locate(link.span)).some(
      ({ text, argument }) => argument === undefined && names.has(text),
    ),
  );
};

const isSimple = (text: string): boolean =>
  isAtom(text) || /^[\w.]+([-/]\w+)*(\([^()]*\))?$/.test(text);

const inBrackets = (text: string): string =>
  isSimple(text) || /^[({]/.test(text) ? text : `(${text})`;

/** The body with the type of its definition, which it keeps. */
const withType = (
  ground: Ground,
  definition: Definition,
  args: ReadonlyMap<string, string>,
  body: string,
): string => {
  const { signature } = definition;
  if (signature === undefined) return inBrackets(body);
  const type = substituted(ground, definition, { tag: 'any', span: signature.span }, args) ?? '';
  return `(${inBrackets(body)} : ${type.replace(/^:\s*/, '')})`;
};

/** Inlines the call at a place, of a definition of the same file. */
export const inline: Offer = (ground, { start }) => {
  const { locate } = ground.view;
  const path = pathAt(ground, start);
  const chain = exprsOf(path).findLast((e) => e.tag === 'chain');
  const callee = chain && calleeOf(ground, chain);
  const definition = definitionOf(callee?.use.declared);
  if (chain === undefined || callee === undefined || definition?.tag !== 'def') return [];
  if (callee.open || locate(definition.span).path !== ground.path) return [];
  if (start > callee.use.word.end) return [];
  const filled = filledIn(ground, chain, callee);
  const args = filled && argumentsOf(ground, definition, filled);
  const around = declarationOf(path);
  if (args === undefined || around === undefined) return [];
  const body = substituted(ground, definition, definition.body, args);
  if (body === undefined) return [];
  const names = usesIn(ground, locate(around.span)).filter(
    ({ from, declared }) =>
      from === 'parameter' || from === 'where' || (from === 'size' && declared !== undefined),
  );
  if (isCaptured(ground, definition, names) || isCaught(ground, definition, chain)) return [];
  const newText = withType(ground, definition, args, body);
  return [
    {
      title: `inline \`${callee.use.text}\``,
      kind: 'refactor.inline',
      changes: [{ span: locate(chain.span), newText }],
    },
  ];
};
