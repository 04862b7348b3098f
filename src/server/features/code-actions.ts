/** What can be done at a place: fixes of what was found, and changes of how a program is written. */
import type { CodeAction } from 'vscode-languageserver-protocol';
import type { Diagnostic, Fix } from '../../diagnostic/diagnostic.ts';
import type { Action, Offer, Selection } from '../actions/action.ts';
import { extract } from '../actions/extract.ts';
import { missingImport } from '../actions/imports.ts';
import { inline } from '../actions/inline.ts';
import { notation } from '../actions/notation.ts';
import { repetition } from '../actions/repetition.ts';
import { at } from '../client.ts';
import { byFile, shown } from '../diagnostics.ts';
import { workspaceEdit } from '../edits.ts';
import { ofStretch, type Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';

const FIX_ALL = 'source.fixAll.netc';

/** Every kind of change; `missingImport` mends a fault, too. */
const offers: readonly Offer[] = [missingImport, extract, inline, repetition, notation];

const kinds = [
  'quickfix',
  'refactor.extract',
  'refactor.inline',
  'refactor.rewrite',
  FIX_ALL,
] as const;

const foundIn = (ground: Ground): readonly Diagnostic[] =>
  byFile([ground.view, ...ground.others()].flatMap((view) => view.found)).get(ground.path) ?? [];

const fixesAt = (ground: Ground, { start, end }: Selection): readonly CodeAction[] =>
  foundIn(ground)
    .filter(({ primary: { span } }) => span.start <= end && span.end >= start)
    .flatMap((d) =>
      d.fixes.map((fix) => ({
        title: fix.title,
        kind: 'quickfix',
        diagnostics: [shown(ground, d)!],
        ...(fix.applicability === 'certain' ? { isPreferred: true } : {}),
        edit: workspaceEdit(ground, fix.edits),
      })),
    );

/** All certain fixes that do not touch each other, as one; where nobody asks for it, only if there are `least`. */
const fixAll = (ground: Ground, least: number): readonly CodeAction[] => {
  let count = 0;
  const taken: Fix['edits'][number]['span'][] = [];
  const chosen = foundIn(ground).flatMap((d) => {
    const fix = d.fixes.find(({ applicability }) => applicability === 'certain');
    const isFree = fix?.edits.every(
      ({ span }) =>
        !taken.some((t) => t.path === span.path && t.start <= span.end && span.start <= t.end),
    );
    if (fix === undefined || isFree !== true) return [];
    count++;
    taken.push(...fix.edits.map(({ span }) => span));
    return fix.edits;
  });
  if (count < least) return [];
  const edit = workspaceEdit(ground, chosen);
  return [{ title: 'apply every certain fix', kind: FIX_ALL, edit }];
};

const shownAction = (ground: Ground, { title, kind, changes }: Action): CodeAction => ({
  title,
  kind,
  edit: workspaceEdit(ground, changes),
});

const actions = (
  ground: Ground,
  selection: Selection,
  params: { readonly [name: string]: unknown },
): readonly CodeAction[] => {
  const only = at(params['context'], 'only');
  const wanted = (kind: string): boolean =>
    !Array.isArray(only) ||
    only.some((o) => o === '' || kind === o || kind.startsWith(`${String(o)}.`));
  const all = [
    ...(wanted('quickfix') ? fixesAt(ground, selection) : []),
    ...offers.flatMap((offer) => offer(ground, selection)).map((a) => shownAction(ground, a)),
    ...(wanted(FIX_ALL) ? fixAll(ground, Array.isArray(only) ? 1 : 2) : []),
  ];
  return ground.client.can.literalActions ? all.filter(({ kind }) => wanted(kind ?? '')) : [];
};

export const codeActions: Feature = ofStretch(
  {
    method: 'textDocument/codeAction',
    name: 'Code actions',
    doc: 'every fix of the checker as one exact edit; all certain ones at once; add a missing import; extract layers to a `def`; inline a `def`; write a repeated run once, as `3x`; paper notation to named arguments and back',
    offers: () => ({ codeActionProvider: { codeActionKinds: [...kinds] } }),
  },
  actions,
);
