/** What is offered at a place, and how a client is told. */
import type { CompletionItem, CompletionItemKind } from 'vscode-languageserver-protocol';
import { rangeIn, type Ground } from '../ground.ts';

/** Something that may be written here. What is likelier comes first in a list. */
export type Offer = {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  /** has places `${1:64}` to fill in; the label is written where it is left out */
  readonly snippet?: string | undefined;
  /** what must be put elsewhere for this to be written here */
  readonly puts?: { readonly at: number; readonly text: string };
  /** whose documentation is asked for later */
  readonly operator?: string;
};

/** What the protocol numbers. */
export const kinds = {
  function: 3,
  variable: 6,
  property: 10,
  value: 12,
  keyword: 14,
  file: 17,
  constant: 21,
} as const;

export const words = (names: Iterable<string>): readonly Offer[] =>
  [...names].map((label) => ({ label, kind: kinds.constant }));

/** Names of declarations. */
export const named = (names: Iterable<string>, detail?: string): readonly Offer[] =>
  [...names].map((label) => ({ label, kind: kinds.function, detail }));

export const property = (name: string, doc: string, fallback: string | undefined): Offer => ({
  label: `${name} =`,
  kind: kinds.property,
  detail: fallback,
  doc,
  snippet: `${name} = `,
});

/** A snippet for a client that fills nothing in. */
const plain = (snippet: string): string => snippet.replaceAll(/\$\{\d+:([^}]*)\}|\$\d/g, '$1');

/** Keeps the order under any locale. */
const place = (i: number): string => String(i).padStart(4, '0');

const insertion = (ground: Ground, { at, text }: NonNullable<Offer['puts']>) => ({
  range: rangeIn(ground, { start: at, end: at }),
  newText: text,
});

/** The items for offers in order, of which none has the label of one before. */
export const itemsOf = (
  ground: Ground,
  offers: readonly Offer[],
  start: number,
  offset: number,
): readonly CompletionItem[] => {
  const { can } = ground.client;
  const range = rangeIn(ground, { start, end: offset });
  const first = new Map<string, Offer>();
  for (const offer of offers) if (!first.has(offer.label)) first.set(offer.label, offer);
  return [...first.values()].map(({ label, kind, detail, doc, snippet, puts, operator }, i) => ({
    label,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(detail !== undefined && can.labelDetails ? { labelDetails: { description: detail } } : {}),
    ...(doc === undefined || doc === '' ? {} : { documentation: { kind: 'markdown', value: doc } }),
    sortText: place(i),
    ...(snippet !== undefined && can.snippets ? { insertTextFormat: 2 as const } : {}),
    textEdit: {
      range,
      newText: snippet === undefined ? label : can.snippets ? snippet : plain(snippet),
    },
    ...(puts === undefined ? {} : { additionalTextEdits: [insertion(ground, puts)] }),
    ...(operator === undefined ? {} : { data: { operator } }),
  }));
};
