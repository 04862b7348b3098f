/** What may be written in the brackets of a call. */
import { defaultText, showKind } from '../../ops/show.ts';
import type { Row } from '../../ops/table.ts';
import { allClauses } from '../../protocol/document.ts';
import { factNames } from '../../typecheck/expr/fact-names.ts';
import { written, type Ground } from '../ground.ts';
import { takesLayer } from '../kinds.ts';
import { outermostBefore } from '../tree-at.ts';
import { largestInteger, type Definition } from '../../syntax/tree.ts';
import { numeral } from '../../typecheck/net/formulas.ts';
import { calleeIn } from './callee.ts';
import type { Context } from './context.ts';
import { startOfWord } from './incoming.ts';
import { operators } from './layers.ts';
import { boundLayers, definitionsFor, numbers, passesSeen } from './names.ts';
import { kinds, named, property, type Offer } from './offer.ts';
import { variables } from './rules.ts';
import { valuesFor } from './values.ts';

type InCall = Extract<Context, { readonly tag: 'argument' }>;

/** Names of definitions and of operators, as layers to hand over. */
export const layersToHand = (ground: Ground, offset: number): readonly Offer[] => [
  ...boundLayers(ground, offset),
  ...named(layersOf(ground, offset, 'def')),
  ...operators().map(({ label, operator, ...rest }) => ({
    ...rest,
    label: operator ?? label,
    snippet: undefined,
    ...(operator === undefined ? {} : { operator }),
  })),
];

/** Nets or definitions that make no circle with the one around a place. */
const layersOf = (ground: Ground, offset: number, of: 'net' | 'def'): readonly string[] =>
  definitionsFor(ground, offset, 'layer').flatMap(([name, { tag }]) => (tag === of ? [name] : []));

/** A net, or a layer, that a fact is asked of. */
const subjects = (ground: Ground, offset: number): readonly Offer[] => [
  ...named(layersOf(ground, offset, 'net'), 'net'),
  ...named(layersOf(ground, offset, 'def'), 'def'),
  ...operators(),
];

/** The parameters of a form of a clause. */
const ofForm = (call: InCall): readonly Offer[] | undefined =>
  allClauses
    .filter(({ word }) => call.clause !== undefined && word === call.clause)
    .flatMap(({ row }) => row.forms)
    .find(({ name }) => name === call.callee)
    ?.params.filter(({ name }) => !call.given.includes(name) && call.parameter === undefined)
    .map(({ name, doc, fallback }) => property(name, doc, fallback?.text));

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
  if (passesSeen(ground).has(call.callee)) return named(layersOf(ground, offset, 'net'), 'net');
  const callee = calleeIn(ground, call.call);
  const { row, definition, linked } = callee;
  const free = parametersOf(ground, row, definition).filter(
    ({ name }) => !call.given.includes(name) && !linked.includes(name),
  );
  // those that are given by their places have one
  const open = call.parameter === undefined ? free.slice(call.index) : [];
  const parameter = call.parameter ?? open[0]?.name;
  if (outermostBefore(ground, offset)?.tag === 'rewrite')
    return [...variables(ground, offset, undefined), ...open.map(({ name: _, ...offer }) => offer)];
  const start = startOfWord(ground.text.text, offset);
  const values = valuesFor(ground, start, { call: call.call, callee, parameter });
  const isLayer =
    definition !== undefined && parameter !== undefined && takesLayer(definition, parameter);
  const names = isLayer ? layersToHand(ground, offset) : numbers(ground, offset);
  return [
    ...values.slice(0, 1),
    ...open.map(({ name: _, ...offer }) => offer),
    ...values.slice(1),
    ...names,
  ];
};

/** What an assertion may compare: what the other side is, facts, and numbers. */
export const inAssertion = (
  ground: Ground,
  offset: number,
  compared: string | undefined,
): readonly Offer[] => [
  ...(compared === undefined ? [] : valueOf(ground, compared)),
  ...factNames.map((label) => ({
    label,
    kind: kinds.function,
    snippet: `${label}(\${1})`,
  })),
  ...numbers(ground, offset),
];

/** The sum that a fact of a net is, as it would be written. */
const valueOf = ({ view }: Ground, fact: string): readonly Offer[] => {
  const [, name, of] = /^(params|macs)\(\s*(\w+)\s*\)$/.exec(fact) ?? [];
  const totals = view.program?.nets.find((net) => net.name === of)?.body.totals;
  const value = name === 'macs' ? totals?.macs : totals?.params;
  if (value === undefined) return [];
  // a larger number is a real one
  const text = `${numeral(value)}${value > largestInteger ? '.0' : ''}`;
  return [{ label: text, kind: kinds.value, detail: 'what it is now' }];
};

/** Signs between two numbers. */
export const comparators: readonly Offer[] = ['==', '<=', '>=', '<', '>', '!='].map((label) => ({
  label,
  kind: kinds.keyword,
  snippet: `${label} `,
}));

/** What ends a condition. */
export const then: Offer = { label: 'then', kind: kinds.keyword, snippet: 'then ' };
