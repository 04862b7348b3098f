/**
 * A tree as indented text, for `netc dump --after parse` and for tests: `(tag parts…)`, on one line where
 * it fits. Places are left out.
 */
import type {
  Argument,
  Binding,
  Clause,
  Declaration,
  Expr,
  Link,
  Name,
  Parameter,
  Rule,
  Signature,
  Tree,
  TypeExpr,
  WithEntry,
  Word,
} from './tree.ts';

/** A word, or parts between parentheses; `width` is its length on one line. */
type Shown = string | { readonly parts: readonly Shown[]; readonly width: number };

const columns = 96;
const widthOf = (shown: Shown): number => (typeof shown === 'string' ? shown.length : shown.width);

/** A list and no arguments, as a call takes fewer of these than a sequence may have steps. */
const parts = (all: readonly (Shown | undefined)[]): Shown => {
  const present = all.filter((part) => part !== undefined);
  return { parts: present, width: present.reduce<number>((sum, p) => sum + widthOf(p) + 1, 1) };
};

const named = (name: Name): string => (name.text === '' ? 'missing' : name.text);
const wordOf = (word: Word): string => word.parts.map(named).join('.');
const rest = (name: Name): string => `..${named(name)}`;

const typeOf = (type: TypeExpr): Shown =>
  type.tag === 'any' ? '_' : parts(['tensor', ...type.axes.map(exprOf)]);
const arrow = (input: TypeExpr, output: TypeExpr | undefined): readonly Shown[] =>
  output === undefined ? [typeOf(input)] : [typeOf(input), '->', typeOf(output)];
const signatureOf = ({ input, output }: Signature): Shown => parts([':', ...arrow(input, output)]);

const argumentOf = (argument: Argument): Shown => {
  switch (argument.tag) {
    case 'positional':
      return exprOf(argument.value);
    case 'named':
      return parts(['=', named(argument.name), exprOf(argument.value)]);
    case 'rest':
      return rest(argument.name);
  }
};
const linkOf = (link: Link): Shown =>
  link.tag === 'call'
    ? parts(['call', ...link.arguments.map(argumentOf)])
    : parts([link.tag, exprOf(link.argument)]);
const bindingOf = (binding: Binding): Shown =>
  binding.tag === 'binding'
    ? parts(['=', named(binding.name), exprOf(binding.value)])
    : parts(['guard', exprOf(binding.condition)]);
const entryOf = (entry: WithEntry): Shown => parts(['=', named(entry.name), exprOf(entry.value)]);

const exprOf = (expr: Expr): Shown => {
  switch (expr.tag) {
    case 'number':
      return expr.integer || /[.e]/.test(String(expr.value))
        ? String(expr.value)
        : `${expr.value}.0`;
    case 'size':
      return `${expr.h}x${expr.w}`;
    case 'string':
      return JSON.stringify(expr.value);
    case 'any':
      return '_';
    case 'missing':
      return 'missing';
    case 'recall':
      return `@${named(expr.name)}`;
    case 'spread':
      return rest(expr.name);
    case 'list':
      return parts(['list', ...expr.items.map(exprOf)]);
    case 'group':
    case 'negate':
    case 'not':
      return parts([expr.tag, exprOf(expr.body)]);
    case 'chain':
      return expr.links.length === 0
        ? wordOf(expr.word)
        : parts(['chain', wordOf(expr.word), ...expr.links.map(linkOf)]);
    case 'times':
      return parts(['times', exprOf(expr.count), exprOf(expr.body)]);
    case 'label':
    case 'also':
      return parts([expr.tag, named(expr.name), exprOf(expr.body)]);
    case 'as':
      return parts(['as', exprOf(expr.body), named(expr.name)]);
    case 'ascribe':
      return parts(['ascribe', exprOf(expr.body), ...arrow(expr.input, expr.output)]);
    case 'with':
      return parts(['with', exprOf(expr.body), ...expr.entries.map(entryOf)]);
    case 'run':
      return parts([
        'run',
        ...expr.operands.flatMap((operand, i) =>
          i === 0 ? [exprOf(operand)] : [expr.signs[i - 1]!.sign, exprOf(operand)],
        ),
      ]);
    case 'range':
      return parts(['..', exprOf(expr.from), exprOf(expr.to)]);
    case 'compare':
      return parts([expr.comparator, exprOf(expr.left), exprOf(expr.right)]);
    case 'and':
    case 'or':
      return parts([expr.tag, exprOf(expr.left), exprOf(expr.right)]);
    case 'if':
      return parts(['if', exprOf(expr.condition), exprOf(expr.then), exprOf(expr.else)]);
    case 'beside':
      return parts(['beside', ...expr.branches.map(exprOf)]);
    case 'sequence':
      return parts(['sequence', ...expr.defs.map(declarationOf), ...expr.steps.map(exprOf)]);
    case 'block':
      return parts(['block', expr.name && `${named(expr.name)}:`, exprOf(expr.body)]);
    case 'where':
      return parts(['where', exprOf(expr.body), ...expr.bindings.map(bindingOf)]);
  }
};

const docOf = (doc: string): Shown | undefined =>
  doc === '' ? undefined : parts(['doc', JSON.stringify(doc)]);

const parameterOf = (parameter: Parameter): Shown => {
  if (parameter.tag === 'rest') return rest(parameter.name);
  if (parameter.default === undefined) return named(parameter.name);
  return parts(['=', named(parameter.name), exprOf(parameter.default)]);
};

const ruleOf = (rule: Rule): Shown =>
  parts([
    'rule',
    rule.soundness,
    rule.tolerance && parts(['tolerance', String(rule.tolerance.value)]),
    named(rule.name),
    docOf(rule.doc),
    exprOf(rule.pattern),
    exprOf(rule.replacement),
  ]);

const clauseOf = (clause: Clause): Shown =>
  parts([
    'clause',
    clause.words.map(named).join(' '),
    ...clause.values.map(({ items }) =>
      items.length === 1 ? exprOf(items[0]!) : parts(['value', ...items.map(exprOf)]),
    ),
    ...clause.inner.map(clauseOf),
  ]);

const declarationOf = (declaration: Declaration): Shown => {
  switch (declaration.tag) {
    case 'def':
    case 'net': {
      const { tag, name, parameters, signature, body, doc } = declaration;
      return parts([
        tag,
        named(name),
        docOf(doc),
        parameters.length === 0 ? undefined : parts(['parameters', ...parameters.map(parameterOf)]),
        signature && signatureOf(signature),
        exprOf(body),
      ]);
    }
    case 'import':
      return parts([
        'import',
        JSON.stringify(declaration.path.text),
        declaration.as && parts(['as', named(declaration.as)]),
        declaration.picked && parts(['pick', ...declaration.picked.map(named)]),
      ]);
    case 'assert':
      return parts(['assert', docOf(declaration.doc), exprOf(declaration.condition)]);
    case 'rewrite':
      return parts([
        'rewrite',
        named(declaration.name),
        docOf(declaration.doc),
        declaration.when && parts(['when', named(declaration.when)]),
        declaration.with && parts(['with', named(declaration.with)]),
        ...declaration.rules.map(ruleOf),
      ]);
    case 'train':
    case 'eval':
      return parts([
        declaration.tag,
        named(declaration.name),
        docOf(declaration.doc),
        declaration.net && parts([':', exprOf(declaration.net)]),
        declaration.from && parts(['from', exprOf(declaration.from)]),
        declaration.with && parts(['with', named(declaration.with)]),
        declaration.body && exprOf(declaration.body),
        ...declaration.clauses.map(clauseOf),
      ]);
  }
};

const oneLine = (shown: Shown): string =>
  typeof shown === 'string' ? shown : `(${shown.parts.map(oneLine).join(' ')})`;

const print = (shown: Shown, indent: string, lines: string[], before = '', behind = ''): void => {
  const fits = indent.length + before.length + widthOf(shown) + behind.length <= columns;
  if (typeof shown === 'string' || fits) {
    lines.push(`${indent}${before}${oneLine(shown)}${behind}`);
    return;
  }
  // words stay beside the tag, as in `(def name`; the rest goes below
  const first = shown.parts.findIndex((part) => typeof part !== 'string');
  const words = first < 0 ? shown.parts.length : first;
  lines.push(`${indent}${before}(${shown.parts.slice(0, words).map(oneLine).join(' ')}`);
  for (const part of shown.parts.slice(words)) print(part, `${indent}  `, lines);
  lines.push(`${lines.pop() ?? ''})${behind}`);
};

/** The whole tree, a declaration after the other. */
export const showTree = (tree: Tree): string => {
  const lines: string[] = [];
  for (const declaration of tree.declarations) print(declarationOf(declaration), '', lines);
  return `${lines.join('\n')}\n`;
};
