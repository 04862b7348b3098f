/** A definition may not use itself, directly or through others. */
import { error, replace } from '../../diagnostic/diagnostic.ts';
import { table } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Parameter, TypeExpr, Word, Definition } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import type { Context } from '../expr/context.ts';
import { sizeNames } from '../expr/names.ts';
import { splitSize } from '../expr/split-size.ts';
import { perObject } from '../../syntax/memo.ts';

/** A use of a definition of the list: a word that is not a parameter or a local name. */
type Use = { readonly name: string; readonly span: Span };

/** A word that may mean a definition outside; its stem too, unless that is a name inside. */
type Free = Use & {
  readonly stem: string | undefined;
  /** it stands for a size of an input, so only a number can be meant: what is anything else leaves the name free */
  readonly isSize: boolean;
};

/** What has a type is a layer. */
const mayBeNumber = (d: Definition): boolean => d.tag === 'def' && d.signature === undefined;

/** The definition of a list that a word means, if it means one. */
const finder = (
  definitions: readonly Definition[],
): ((word: Free) => { readonly use: Use; readonly target: Definition } | undefined) => {
  const byName = new Map<string, Definition>();
  // of two with one name the first is meant
  for (const d of definitions) if (!byName.has(d.name.text)) byName.set(d.name.text, d);
  return ({ name, stem, span, isSize }) => {
    const whole = byName.get(name);
    const target = whole ?? (stem === undefined ? undefined : byName.get(stem));
    if (target === undefined || (isSize && !mayBeNumber(target))) return undefined;
    return { use: { name: target.name.text, span }, target };
  };
};

/** A definition on the way down, and its next word. */
type Step = { readonly definition: Definition; readonly words: readonly Free[]; next: number };

const stepInto = (definition: Definition): Step => ({
  definition,
  words: freeWords(definition),
  next: 0,
});

/** Every definition of a list that uses itself, reported once for each cycle. */
export const recursive = (
  cx: Pick<Context, 'report'>,
  definitions: readonly Definition[],
): ReadonlySet<Definition> => {
  const find = finder(definitions);
  const guilty = new Set<Definition>();
  const done = new Set<Definition>();

  // depth first with a stack of its own: a chain of definitions may be long
  for (const root of definitions) {
    if (done.has(root)) continue;
    const path = [stepInto(root)];
    const onPath = new Set([root]);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const word = top.words[top.next++];
      if (word === undefined) {
        done.add(top.definition);
        onPath.delete(top.definition);
        path.pop();
        continue;
      }
      const found = find(word);
      if (found === undefined) continue;
      const { use, target } = found;
      if (onPath.has(target)) {
        const cycle = path
          .slice(path.findIndex((p) => p.definition === target))
          .map((p) => p.definition);
        cycle.forEach((d) => guilty.add(d));
        reportCycle(cx, cycle, use);
      } else if (!done.has(target)) {
        path.push(stepInto(target));
        onPath.add(target);
      }
    }
  }
  return guilty;
};

const reportCycle = (cx: Pick<Context, 'report'>, cycle: readonly Definition[], use: Use): void => {
  const names = [...cycle.map((d) => d.name.text), cycle[0]!.name.text];
  const operator = table.has(use.name);
  cx.report(
    error(
      'E0308',
      use.span,
      `\`${use.name}\` uses itself: ${names.map((n) => `\`${n}\``).join(' → ')}`,
      {
        label: operator
          ? `this is the \`${use.name}\` declared here, not the operator`
          : 'a network cannot be recursive',
        labels:
          cycle.length > 1
            ? cycle.map((d) => ({ span: d.name.span, message: 'in this cycle' }))
            : [],
        fixes: operator
          ? [
              replace(
                `write \`std.${use.name}\` for the operator`,
                { ...use.span, end: use.span.start },
                'std.',
                'certain',
              ),
            ]
          : [],
      },
    ),
  );
};

/** Names that hide definitions: those of a construct, and those around it. */
type Bound = { readonly names: ReadonlySet<string>; readonly around: Bound | undefined };

const bind = (names: readonly string[], around?: Bound): Bound => ({
  names: new Set(names),
  around,
});

const isBound = (bound: Bound, name: string): boolean => {
  for (let b: Bound | undefined = bound; b !== undefined; b = b.around)
    if (b.names.has(name)) return true;
  return false;
};

const freeWords: (definition: Definition) => readonly Free[] = perObject((definition) => {
  const found: Free[] = [];
  const word = (w: Word, bound: Bound, isSize: boolean): void => {
    if (w.parts.length > 1) return;
    const { text, span } = w.parts[0]!;
    const stem = splitSize(text)?.stem;
    if (isBound(bound, text)) return;
    // the whole word is looked up first: `relu6` is an operator, and no use of a net `relu`
    const isFree = stem !== undefined && !isBound(bound, stem) && !table.has(text);
    found.push({ name: text, stem: isFree ? stem : undefined, span, isSize });
  };
  /** A size of an input: `h`, `16*n`. */
  const visitSize = (e: Expr, bound: Bound): void => {
    if (e.tag === 'group') visitSize(e.body, bound);
    else if (e.tag === 'run') e.operands.forEach((operand) => visitSize(operand, bound));
    else if (e.tag !== 'chain' || e.links.some(({ tag }) => tag === 'call')) visit(e, bound);
    else {
      word(e.word, bound, true);
      for (const link of e.links) if (link.tag !== 'call') visitSize(link.argument, bound);
    }
  };
  const visit = (e: Expr, bound: Bound): void => {
    if (e.tag === 'chain') word(e.word, bound, false);
    if (e.tag === 'ascribe') {
      for (const axis of axesOf(e.input)) visitSize(axis, bound);
      const inside = bind(sizeNames(e.input), bound);
      for (const part of [e.body, ...axesOf(e.output)]) visit(part, inside);
      return;
    }
    const own = namesOf(e);
    const around = own.length === 0 ? bound : bind(own, bound);
    if (e.tag === 'sequence')
      for (const d of e.defs) if (d.tag === 'def') visit(d.body, bind(namesIn(d), around));
    for (const part of partsOf(e)) visit(part, around);
  };
  const own = bind(namesIn(definition));
  visit(definition.body, own);
  const { signature, parameters, body } = definition;
  // a word of the input names a size only where it is not known already
  for (const axis of axesOf(signature?.input)) visitSize(axis, bind(parameterNames(parameters)));
  const atEnd = bind([...namesIn(definition), ...(body.tag === 'where' ? namesOf(body) : [])]);
  for (const axis of axesOf(signature?.output)) visit(axis, atEnd);
  // a default sees the parameters before it
  const before = new Set<string>();
  for (const p of definition.parameters) {
    if (p.tag === 'parameter' && p.default !== undefined)
      visit(p.default, { names: before, around: undefined });
    before.add(p.name.text);
  }
  return found;
});

const axesOf = (type: TypeExpr | undefined): readonly Expr[] =>
  type?.tag === 'tensor' ? type.axes : [];

/** The names that an expression gives to what it holds. */
const namesOf = (e: Expr): readonly string[] => {
  if (e.tag === 'where')
    return e.bindings.flatMap((b) => (b.tag === 'binding' ? [b.name.text] : []));
  return e.tag === 'sequence' ? e.defs.flatMap((d) => (d.tag === 'def' ? [d.name.text] : [])) : [];
};

/** The names that a definition gives to its body. */
const namesIn = ({ parameters, signature }: Definition): readonly string[] => [
  ...parameterNames(parameters),
  ...sizeNames(signature?.input),
];

const parameterNames = (parameters: readonly Parameter[]): readonly string[] =>
  parameters.map((p) => p.name.text);
