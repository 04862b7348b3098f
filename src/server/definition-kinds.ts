/** What definitions stand for, layers or numbers: each is looked at once for a view, in the scope that it has itself. */
import { perObject } from '../syntax/memo.ts';
import type { Definition, Expr } from '../syntax/tree.ts';
import type { View } from '../workspace/workspace.ts';
import { kindOf, kindOfOperator, kindOfParameter, type Kind } from './kinds.ts';
import { seenIn, type Declared } from './meaning.ts';

/** The names that a body binds before it begins: those of `where` are numbers. */
const boundBy = (body: Expr): readonly string[] => {
  if (body.tag === 'group') return boundBy(body.body);
  if (body.tag !== 'where') return [];
  const own = body.bindings.flatMap((b) => (b.tag === 'binding' ? [b.name.text] : []));
  return [...own, ...boundBy(body.body)];
};

/** What the parameters of a definition and the names of its `where` are. */
const ownNames = perObject((definition: Definition): ReadonlyMap<string, Kind | undefined> => {
  const parameters = definition.parameters.map(
    (p) => [p.name.text, kindOfParameter(definition, p, kindOfOperator)] as const,
  );
  return new Map([
    ...parameters,
    ...boundBy(definition.body).map((name) => [name, 'number'] as const),
  ]);
});

/** The definition whose body says what a name is. */
const toldByBody = ({ from, node }: Declared): Definition | undefined =>
  (from === 'declaration' || from === 'import') &&
  node?.tag === 'def' &&
  node.signature === undefined
    ? node
    : undefined;

/** What a name is that no body tells of: a layer leaves it free for a size. */
const kindAtOnce = ({ from }: Declared): Kind =>
  from === 'declaration' || from === 'import' ? 'layer' : 'number';

type Known = Map<Definition, Kind | undefined>;

const known = perObject((_view: View): Known => new Map());

/** What a body is as far as other definitions are known, and those that are not. */
const look = (
  view: View,
  found: Known,
  { span: { path }, around }: Declared,
  definition: Definition,
): { readonly kind: Kind | undefined; readonly missing: readonly Declared[] } => {
  const missing: Declared[] = [];
  const own = ownNames(definition);
  const seen = seenIn(view, path);
  const kind = kindOf(definition.body, (text) => {
    if (own.has(text)) return own.get(text);
    const other = around?.(text) ?? seen.own.get(text) ?? seen.imported.own.get(text);
    if (other === undefined) return kindOfOperator(text);
    const next = toldByBody(other);
    if (next === undefined) return kindAtOnce(other);
    if (!found.has(next)) missing.push(other);
    return found.get(next);
  });
  return { kind, missing };
};

/** What a name is; undefined where that is not known, as of a definition that uses itself. */
export const kindOfDeclared = (view: View, declared: Declared): Kind | undefined => {
  const found = known(view);
  const waiting = new Set<Definition>();
  // definitions may use each other to any depth
  const all = [declared];
  for (let next = all.at(-1); next !== undefined; next = all.at(-1)) {
    const definition = toldByBody(next);
    if (definition === undefined || (found.has(definition) && !waiting.has(definition))) {
      all.pop();
      continue;
    }
    const { kind, missing } = look(view, found, next, definition);
    found.set(definition, kind);
    if (missing.length === 0) waiting.delete(definition);
    else {
      found.set(definition, undefined);
      waiting.add(definition);
      for (const other of missing) all.push(other);
    }
  }
  const definition = toldByBody(declared);
  return definition === undefined ? kindAtOnce(declared) : found.get(definition);
};
