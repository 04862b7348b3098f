/** Layers at a place of a body: those that type-check there, the likeliest first. */
import { isKnown, showType } from '../../ops/types.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { written, type Ground } from '../ground.ts';
import { definitionOf, seenIn } from '../meaning.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { declarationAround, outermostBefore } from '../tree-at.ts';
import { usesOf } from '../uses.ts';
import {
  definitionsOn,
  operatorsOn,
  type Candidate,
  type Named,
  type Place,
} from './candidates.ts';
import type { Context } from './context.ts';
import { incomingAt, startOfWord } from './incoming.ts';
import type { Stated } from './likely.ts';
import { boundLayers, boundNumbers, definitionsFor, passesSeen } from './names.ts';
import { kinds, type Offer } from './offer.ts';

/** The numbers of a call become places to fill in: `conv${1:3}-${2:64}`. */
const asSnippet = (name: string, call: string): string | undefined => {
  let place = 0;
  const rest = call.slice(name.length);
  const filled = rest.replaceAll(/\d+(\.\d+)?/g, (number) => `\${${++place}:${number}}`);
  return place === 0 ? undefined : name + filled;
};

const ofCandidate = ({ name, call, gives, doc, is }: Candidate): Offer => ({
  label: call,
  kind: kinds.function,
  detail: gives,
  doc: is === 'operator' ? undefined : doc,
  snippet: asSnippet(name, call),
  ...(is === 'operator' ? { operator: name } : {}),
});

const phrases: readonly Offer[] = [
  { label: 'block', kind: kinds.keyword, doc: 'one stage' },
  { label: 'also', kind: kinds.keyword, doc: 'an extra output', snippet: 'also ${1:aux} { $0 }' },
  {
    label: 'if',
    kind: kinds.keyword,
    doc: 'chosen while compiling',
    snippet: 'if ${1:condition} then ${2:id} else ${3:id}',
  },
];

const numberIn = (expr: Expr | undefined): number | undefined =>
  expr?.tag === 'number' ? expr.value : undefined;

/** The one number that a definition says it gives: that of its classes. */
const classesOf = (ground: Ground, { signature, parameters }: Definition): Stated | undefined => {
  const output = signature?.output;
  const [axis, other] = output?.tag === 'tensor' ? output.axes : [];
  if (axis === undefined || other !== undefined) return undefined;
  const text = written(ground, axis.span);
  if (!/^\w+$/.test(text)) return undefined;
  const parameter = parameters.find(({ name }) => name.text === text);
  const fallback = parameter?.tag === 'parameter' ? parameter.default : undefined;
  return { text, value: numberIn(axis) ?? numberIn(fallback) };
};

/** What parameters are called that are numbers of channels. */
const isWidth = /^(c|chan\w*|width|filters|dim)$/;

/** What a layer at a place gets. */
export const placeAt = (ground: Ground, offset: number): Place => {
  const d = declarationAround(ground, offset);
  return {
    ...incomingAt(ground, offset),
    classes: d !== undefined && isDefinition(d) ? classesOf(ground, d) : undefined,
    width: boundNumbers(ground, offset).find((name) => isWidth.test(name)),
  };
};

/** Definitions that are tried on what comes in; a longer list is told to be incomplete. */
const MOST_TRIED = 60;
/** Definitions that stand before the usual operators. */
const MOST_CLOSE = 3;

type Ordered = {
  /** those that this declaration uses, or that nothing uses yet, the latest first; then the others */
  readonly close: Named;
  readonly others: Named;
  readonly areAll: boolean;
};

const ordered = (ground: Ground, offset: number, prefix: string): Ordered => {
  const own = outermostBefore(ground, offset);
  const from = own === undefined ? 0 : ground.view.locate(own.span).start;
  const usedBefore = new Map<string, number>();
  const usedAnywhere = new Set<string>();
  for (const { word, text, declared } of usesOf(ground.view, ground.path)) {
    if (declared?.node === undefined || declared.span.start === word.start) continue;
    usedAnywhere.add(text);
    if (word.start >= from && word.start < offset) usedBefore.set(text, word.start);
  }
  const all = definitionsFor(ground, offset, 'layer').filter(
    // a net takes its own input only, and is rarely a layer of another
    ([name, { tag }]) => tag === 'def' && name.startsWith(prefix),
  );
  const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const rank = ([name]: Named[number]): number =>
    usedBefore.get(lastName(name)) ?? (usedAnywhere.has(lastName(name)) ? -1 : 0);
  const sorted = all.toReversed().sort((a, b) => rank(b) - rank(a));
  const tried = sorted.slice(0, MOST_TRIED);
  const close = tried.filter((one) => rank(one) >= 0).slice(0, MOST_CLOSE);
  const others = tried.slice(close.length);
  return { close, others, areAll: tried.length === sorted.length };
};

/** Passes, which make a net of a net: where a net is to be written. */
const passesAt = (ground: Ground, offset: number, place: Place): readonly Offer[] => {
  const before = ground.text.text.slice(0, startOfWord(ground.text.text, offset)).trimEnd();
  if (place.type !== undefined && isKnown(place.type) && place.from !== undefined) return [];
  if (!before.endsWith('=') || outermostBefore(ground, offset)?.tag !== 'net') return [];
  return [...passesSeen(ground)].map(([name, doc]) => ({
    label: `${name}()`,
    kind: kinds.function,
    doc,
    snippet: `${name}(\${1:N})`,
  }));
};

/** What may follow a layer in its line, other than `;`. */
const following = (ground: Ground, offset: number): readonly Offer[] => {
  const { type } = incomingAt(ground, offset);
  const given = type === undefined || type.tag === 'unknown' ? '_' : showType(type);
  const all: readonly Offer[] = [
    { label: 'as', kind: kinds.keyword, doc: 'a name for what it gives', snippet: 'as ${1:skip}' },
    { label: `: _ -> ${given}`, kind: kinds.value, doc: 'states its type' },
    { label: 'where', kind: kinds.keyword, doc: 'names for numbers', snippet: 'where ${1:n} = $0' },
  ];
  return all;
};

/** Offers, and whether there would be others if more of the word were written. */
export type Listed = { readonly offers: readonly Offer[]; readonly areAll: boolean };

/** Definitions that the declaration is likely to use, the usual operators, and all others that fit. */
export const layersAt = (
  ground: Ground,
  offset: number,
  prefix: string,
  { behind, next }: Extract<Context, { readonly tag: 'layer' }>,
): Listed => {
  const place = placeAt(ground, offset);
  const { close, others, areAll } = ordered(ground, offset, prefix);
  const operators = operatorsOn(place);
  const candidates = [
    ...definitionsOn(ground, close, place),
    ...operators.likely,
    ...definitionsOn(ground, others, place),
    ...operators.others,
  ];
  const layers = [
    ...boundLayers(ground, offset),
    ...passesAt(ground, offset, place),
    ...candidates.map(ofCandidate),
    ...phrases,
  ];
  if (behind === undefined) return { offers: layers, areAll };
  const word =
    next === undefined ? [] : [{ label: next, kind: kinds.keyword, snippet: `${next} ` }];
  // a `;` before `else` would end the `if`
  const after =
    next === 'else'
      ? []
      : layers.map((offer): Offer => ({ ...offer, puts: { at: behind, text: ';' } }));
  return { offers: [...word, ...after, ...following(ground, offset)], areAll };
};

/** All operators, as layers of no net. */
export const operators = (): readonly Offer[] => {
  const nothing = { type: undefined, from: undefined, classes: undefined, width: undefined };
  const { likely, others } = operatorsOn(nothing);
  return [...likely, ...others].map(ofCandidate);
};

/** What stands behind the `.` of a module. */
export const membersAt = (ground: Ground, offset: number, module: string): readonly Offer[] => {
  // the module alone is no layer, so what comes in is what comes to it
  const start = startOfWord(ground.text.text, offset) - 1 - module.length;
  const place = placeAt(ground, start);
  if (module === 'std') {
    const { likely, others } = operatorsOn(place);
    return [...likely, ...others].map(ofCandidate);
  }
  const own = [...(seenIn(ground.view, ground.path).modules.get(module)?.names?.own ?? [])];
  const definitions = own.flatMap(([name, declared]) => {
    const definition = definitionOf(declared);
    return definition?.tag === 'def' ? [[`${module}.${name}`, definition] as const] : [];
  });
  const short = (text: string): string => text.slice(module.length + 1);
  const found = definitionsOn(ground, definitions, place).map((c) =>
    ofCandidate({ ...c, name: short(c.name), call: short(c.call) }),
  );
  const rest = own.flatMap(([label, { node }]) =>
    node !== undefined && node.tag !== 'def'
      ? [{ label, kind: kinds.function, detail: node.tag }]
      : [],
  );
  return [...found, ...rest];
};
