/** What may be written in the brackets of a call. */
import { defaultText, showKind } from '../../ops/show.ts';
import { table, type Row } from '../../ops/table.ts';
import { allClauses } from '../../protocol/document.ts';
import { factNames } from '../../typecheck/expr/fact-names.ts';
import { written, type Ground } from '../ground.ts';
import { takesLayer } from '../kinds.ts';
import { definitionOf } from '../meaning.ts';
import type { Definition } from '../../syntax/tree.ts';
import type { Context } from './context.ts';
import { operators } from './layers.ts';
import { boundLayers, definitionsSeen, definitionsFor, numbers } from './names.ts';
import { kinds, named, property, words, type Offer } from './offer.ts';

type InCall = Extract<Context, { readonly tag: 'argument' }>;

/** Names of definitions and of operators, as layers to hand over. */
const layersToHand = (ground: Ground, offset: number): readonly Offer[] => [
  ...boundLayers(ground, offset),
  ...named(
    definitionsFor(ground, offset, 'layer').flatMap(([name, { tag }]) =>
      tag === 'def' ? [name] : [],
    ),
  ),
  ...operators().map(({ label, operator, ...rest }) => ({
    ...rest,
    label: operator ?? label,
    snippet: undefined,
    ...(operator === undefined ? {} : { operator }),
  })),
];

/** A net, or a layer, that a fact is asked of. */
const subjects = (ground: Ground, offset: number): readonly Offer[] => {
  const all = definitionsFor(ground, offset, 'layer');
  const ofTag = (tag: 'net' | 'def'): readonly string[] =>
    all.flatMap(([name, d]) => (d.tag === tag ? [name] : []));
  return [...named(ofTag('net'), 'net'), ...named(ofTag('def'), 'def'), ...operators()];
};

/** The parameters of a form of a clause. */
const ofForm = (call: InCall): readonly Offer[] | undefined =>
  allClauses
    .filter(({ word }) => call.clause !== undefined && word === call.clause)
    .flatMap(({ row }) => row.forms)
    .find(({ name }) => name === call.callee)
    ?.params.filter(({ name }) => !call.given.includes(name) && call.parameter === undefined)
    .map(({ name, doc, fallback }) => property(name, doc, fallback?.text));

/** Whether the argument at the cursor is a layer. */
const isForLayer = (definition: Definition | undefined, { parameter, index }: InCall): boolean => {
  const all = definition?.parameters ?? [];
  const filled = parameter === undefined ? all[index] : all.find((p) => p.name.text === parameter);
  return (
    definition !== undefined && filled !== undefined && takesLayer(definition, filled.name.text)
  );
};

const wordsFor = (row: Row | undefined, parameter: string): readonly Offer[] => {
  const kind = row?.params.find(({ name }) => name === parameter)?.kind;
  const values = kind === undefined ? [] : 'words' in kind ? kind.words : [];
  return words([...values, ...(kind?.tag === 'flag' ? ['true', 'false'] : [])]);
};

const parametersOf = (
  ground: Ground,
  row: Row | undefined,
  definition: Definition | undefined,
): readonly (Offer & { readonly name: string })[] =>
  definition === undefined
    ? (row?.params ?? []).map((p) => ({
        name: p.name,
        ...property(p.name, `${p.doc}; ${showKind(p.kind)}`, defaultText(p)),
      }))
    : definition.parameters.flatMap((p) => {
        if (p.tag === 'rest') return [];
        const name = p.name.text;
        return [{ name, ...property(name, '', p.default && written(ground, p.default.span)) }];
      });

/** Values for the argument at the cursor, and the parameters that have none yet. */
export const inCall = (ground: Ground, offset: number, call: InCall): readonly Offer[] => {
  const form = ofForm(call);
  if (form !== undefined) return form;
  if (factNames.some((name) => name === call.callee)) return subjects(ground, offset);
  const row = table.get(call.callee.replace(/^std\./, ''));
  const definition = definitionOf(definitionsSeen(ground).get(call.callee));
  const values = isForLayer(definition, call)
    ? layersToHand(ground, offset)
    : numbers(ground, offset);
  if (call.parameter !== undefined) return [...wordsFor(row, call.parameter), ...values];
  const free = parametersOf(ground, row, definition).filter(
    ({ name }) => !call.given.includes(name),
  );
  // those that are given by their places have one
  const open = free.slice(call.index);
  return [...open.map(({ name: _, ...offer }) => offer), ...values];
};

/** What an assertion may compare: facts, and numbers. */
export const inAssertion = (ground: Ground, offset: number): readonly Offer[] => [
  ...factNames.map((label) => ({
    label,
    kind: kinds.function,
    snippet: `${label}(\${1})`,
  })),
  ...numbers(ground, offset),
];
