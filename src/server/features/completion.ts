/** What may be written at the cursor: layers that type-check there with what they give, names, clauses, paths. */
import * as E from 'fp-ts/lib/Either.js';
import type { CompletionItem } from 'vscode-languageserver-protocol';
import { operatorText } from '../../ops/document.ts';
import { table } from '../../ops/table.ts';
import { at } from '../client.ts';
import { comparators, inAssertion, inCall, then } from '../completion/calls.ts';
import type { Context } from '../completion/context.ts';
import { contextAt } from '../completion/context-at.ts';
import { declarations, rules } from '../completion/declarations.ts';
import { paths, picked, pickings } from '../completion/imports.ts';
import { startOfWord } from '../completion/incoming.ts';
import { layersAt, membersAt, operators, type Listed } from '../completion/layers.ts';
import { numbersBut, remembered } from '../completion/names.ts';
import { itemsOf, words, type Offer } from '../completion/offer.ts';
import { defaults, openings } from '../completion/openings.ts';
import { clauses, forms, head, headings, selections } from '../completion/protocols.ts';
import { bindable, newWeights, passing, weighing, weightsOf } from '../completion/rules.ts';
import { ascribed, types } from '../completion/types.ts';
import { valuesAt } from '../completion/values.ts';
import { ofPlace, type Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { seenIn } from '../meaning.ts';
import { outermostBefore } from '../tree-at.ts';

/** The other passes of the file. */
const passes = (ground: Ground, offset: number): readonly Offer[] => {
  const own = outermostBefore(ground, offset);
  return words(
    [...seenIn(ground.view, ground.path).own].flatMap(([name, { node }]) =>
      node?.tag === 'rewrite' && node !== own ? [name] : [],
    ),
  );
};

const all = (offers: readonly Offer[]): Listed => ({ offers, areAll: true });

const offersAt = (ground: Ground, offset: number, prefix: string, context: Context): Listed => {
  switch (context.tag) {
    case 'nothing':
      return all([]);
    case 'declaration':
      return all(declarations);
    case 'path':
      return all(paths(ground, context.written));
    case 'imported':
      return all(pickings);
    case 'opening':
      return all(openings(context));
    case 'default':
      return all(defaults(ground, offset, context.parameter));
    case 'ascribed':
      return all(ascribed(ground, offset, context));
    case 'picked':
      return all(picked(ground, offset, context.from));
    case 'type':
      return all(types(ground, offset, context));
    case 'remembered':
      return all(remembered(ground, offset));
    case 'member':
      return all(
        weightsOf(ground, offset, context.module) ?? membersAt(ground, offset, context.module),
      );
    case 'layer':
      return layersAt(ground, offset, prefix, context);
    case 'rule':
      return all(context.orLayer ? [...rules, ...operators()] : rules);
    case 'variable':
      return all(bindable(ground, offset, context.except));
    case 'weight':
      return all(newWeights(context.callee, context.given));
    case 'weighing':
      return all(weighing(ground, offset));
    case 'passing':
      return all(passing(context.has));
    case 'number':
      return all(
        context.call === undefined
          ? numbersBut(ground, offset, context.except)
          : valuesAt(ground, offset - prefix.length, context.call),
      );
    case 'argument':
      return all(inCall(ground, offset, context));
    case 'clause':
      return all(clauses(ground, offset, context.of));
    case 'form':
      return all(forms(context.clause));
    case 'head':
      return all(head(ground, offset, context));
    case 'heading':
      return all(headings(ground, context));
    case 'selection':
      return all(selections(ground, offset, context));
    case 'pass':
      return all(passes(ground, offset));
    case 'assertion':
      return all(inAssertion(ground, offset, context.compared));
    case 'comparison':
      return all(comparators);
    case 'condition':
      return all([then, ...comparators]);
  }
};

const complete = (ground: Ground, offset: number): object => {
  const { text } = ground.text;
  const context = contextAt(text, offset);
  const start = context.tag === 'path' ? context.start : startOfWord(text, offset);
  const { offers, areAll } = offersAt(ground, offset, text.slice(start, offset), context);
  return { isIncomplete: !areAll, items: itemsOf(ground, offers, start, offset) };
};

export const completion: Feature = ofPlace(
  {
    method: 'textDocument/completion',
    name: 'Completion',
    doc: 'layers that type-check on what comes in, the usual next one first, with the type that they give and sensible arguments; numbers, each with what the layer would give; names after `@`; parameters in calls; parts and types of heads; rules; clauses and forms of `train` and `eval`, and the layers that they choose; what a fact is; paths and names of imports',
    offers: () => ({
      completionProvider: {
        triggerCharacters: ['@', '.', '"', '/', '(', '[', '-'],
        resolveProvider: true,
      },
    }),
  },
  complete,
);

/** The documentation of an operator, for the item that is looked at. */
export const completionResolve: Feature = {
  method: 'completionItem/resolve',
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (_session, params) => {
    const operator = at(params, 'data', 'operator');
    const row = typeof operator === 'string' ? table.get(operator) : undefined;
    // the item is given back as it was
    const given = params as CompletionItem;
    return E.right(
      row === undefined
        ? given
        : { ...given, documentation: { kind: 'markdown', value: operatorText(row) } },
    );
  },
};
