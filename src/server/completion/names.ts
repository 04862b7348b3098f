/** Names that may be written at a place, those of layers apart from those of numbers. */
import { showType } from '../../ops/types.ts';
import type { Definition } from '../../syntax/tree.ts';
import { usersOf } from '../dependencies.ts';
import { treeOf, type Ground } from '../ground.ts';
import { kindOfDeclared } from '../definition-kinds.ts';
import { kindOfOperator, kindOfParameter, type Kind } from '../kinds.ts';
import { layersOf } from '../layers.ts';
import { definitionOf, isDeclaration, seenIn, type Declared, type From } from '../meaning.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { exprsOf, outermostBefore, pathAt } from '../tree-at.ts';
import { usesOf } from '../uses.ts';
import { kinds, type Offer } from './offer.ts';

/** The definitions that a file sees, its own first. */
export const definitionsSeen = ({ view, path }: Ground): ReadonlyMap<string, Declared> => {
  const seen = seenIn(view, path);
  const qualified = [...seen.modules].flatMap(([module, { names }]) =>
    [...(names?.own ?? [])].map(([name, declared]) => [`${module}.${name}`, declared] as const),
  );
  return new Map([...seen.own, ...seen.imported.own, ...qualified]);
};

/** The nets that a file sees, by their names there. */
export const netsSeen = (ground: Ground): readonly string[] =>
  [...definitionsSeen(ground)].flatMap(([name, { node }]) => (node?.tag === 'net' ? [name] : []));

/** The passes that it sees. */
export const passesSeen = (ground: Ground): ReadonlyMap<string, string> =>
  new Map(
    [...definitionsSeen(ground)].flatMap(([name, { node }]) =>
      node?.tag === 'rewrite' ? [[name, node.doc] as const] : [],
    ),
  );

type Found = { readonly name: string; readonly kind: Kind };

/** The parameters of the definitions around a place. */
const parametersAt = (ground: Ground, offset: number): readonly Found[] => {
  const outermost = outermostBefore(ground, offset);
  const inner = pathAt(ground, offset).flatMap((n) => (n.tag === 'declaration' ? [n.it] : []));
  const seen = definitionsSeen(ground);
  const kindOfWord = (word: string): Kind | undefined => {
    const declared = seen.get(word);
    return declared ? kindOfDeclared(ground.view, declared) : kindOfOperator(word);
  };
  const around = new Set([...(outermost === undefined ? [] : [outermost]), ...inner]);
  return [...around].filter(isDefinition).flatMap((d) =>
    d.parameters.flatMap((p) => {
      const kind = kindOfParameter(d, p, kindOfWord);
      return kind === undefined ? [] : [{ name: p.name.text, kind }];
    }),
  );
};

/** Names of some kinds that the outermost declaration around a place declares. */
const declaredAround = (
  ground: Ground,
  offset: number,
  ...kindsOf: readonly From[]
): readonly string[] => {
  const { locate } = ground.view;
  const all = treeOf(ground)?.declarations ?? [];
  const around = outermostBefore(ground, offset);
  if (around === undefined) return [];
  const { start } = locate(around.span);
  const next = all[all.indexOf(around) + 1];
  const end = next === undefined ? Infinity : locate(next.span).start;
  const names = usesOf(ground.view, ground.path).filter(
    (use) =>
      use.word.start > start &&
      use.word.start < end &&
      kindsOf.includes(use.from) &&
      isDeclaration(use),
  );
  const own = 'name' in around ? around.name.text : undefined;
  return [...new Set(names.map(({ text }) => text))].filter((name) => name !== own);
};

const variables = (names: readonly string[]): readonly Offer[] =>
  names.map((label) => ({ label, kind: kinds.variable, doc: 'a name of this definition' }));

const parametersOf = (ground: Ground, offset: number, kind: Kind): readonly string[] =>
  parametersAt(ground, offset).flatMap((p) => (p.kind === kind ? [p.name] : []));

/** Parameters that are layers, and local definitions. */
export const boundLayers = (ground: Ground, offset: number): readonly Offer[] =>
  variables([
    ...new Set([
      ...parametersOf(ground, offset, 'layer'),
      ...declaredAround(ground, offset, 'declaration'),
    ]),
  ]);

/** Parameters that are numbers. */
export const boundNumbers = (ground: Ground, offset: number): readonly string[] =>
  parametersOf(ground, offset, 'number');

/** Names of numbers: of the definition around a place, and then of the file. */
export const numbers = (ground: Ground, offset: number): readonly Offer[] => {
  const own = [...boundNumbers(ground, offset), ...declaredAround(ground, offset, 'where', 'size')];
  const defined = definitionsFor(ground, offset, 'number').map(([label, { doc }]) => ({
    label,
    kind: kinds.function,
    doc,
  }));
  return [...variables([...new Set(own)]), ...defined];
};

/** The same without a name that is being declared. */
export const numbersBut = (
  ground: Ground,
  offset: number,
  except: string | undefined,
): readonly Offer[] => numbers(ground, offset).filter(({ label }) => label !== except);

// ------------------------------------------------------------------------------------------------- no circles

/** The definitions that a place may use: not the one around it, nor one that uses that. */
const withoutCircles = (ground: Ground, offset: number): ReadonlyMap<string, Definition> => {
  const own = outermostBefore(ground, offset);
  const circular = usersOf(ground, own === undefined ? [] : [own]);
  return new Map(
    [...definitionsSeen(ground)].flatMap(([name, declared]) => {
      const definition = definitionOf(declared);
      return definition === undefined || circular.has(definition)
        ? []
        : [[name, definition] as const];
    }),
  );
};

/** Definitions that may be used at a place, and that are of a kind or may be. */
export const definitionsFor = (
  ground: Ground,
  offset: number,
  kind: Kind,
): readonly (readonly [string, Definition])[] => {
  const seen = definitionsSeen(ground);
  return [...withoutCircles(ground, offset)].filter(([name]) => {
    const own = kindOfDeclared(ground.view, seen.get(name)!);
    return own === kind || (own === undefined && kind === 'layer');
  });
};

// ------------------------------------------------------------------------------------------------- remembered

/** What is remembered before a place, with its type. */
export const remembered = (ground: Ground, offset: number): readonly Offer[] => {
  const around = new Set(declaredAround(ground, offset, 'remembered'));
  const declared = usesOf(ground.view, ground.path).filter(
    (use) =>
      use.from === 'remembered' &&
      around.has(use.text) &&
      isDeclaration(use) &&
      use.word.end < offset,
  );
  // the latest is the likeliest
  return declared.toReversed().map(({ text, word }) => {
    const expr = exprsOf(pathAt(ground, word.start)).findLast((e) => e.tag === 'as');
    const layer = expr && layersOf(ground, expr)[0];
    return { label: text, kind: kinds.variable, detail: layer && showType(layer.typed.output) };
  });
};
