/** Diagnostics for clients that ask for them: of a file, and of others that its program reads. */
import * as E from 'fp-ts/lib/Either.js';
import type { RelatedFullDocumentDiagnosticReport } from 'vscode-languageserver-protocol';
import { byFile, shown } from '../diagnostics.ts';
import { anyGroundOf, type Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';

const itemsOf = (ground: Ground, path: string) => {
  const found = [ground.view, ...ground.others()].flatMap((view) => view.found);
  return (byFile(found).get(path) ?? []).flatMap((d) => shown(ground, d) ?? []);
};

const report = (ground: Ground): RelatedFullDocumentDiagnosticReport => {
  const { path, view, client } = ground;
  const beside = [...view.sources.keys()].filter(
    (other) =>
      other !== path &&
      client.can.relatedDocuments &&
      ground.projects.document(ground.uriOf(other)) === undefined,
  );
  return {
    kind: 'full',
    items: itemsOf(ground, path),
    ...(beside.length === 0
      ? {}
      : {
          relatedDocuments: Object.fromEntries(
            beside.map((other) => [
              ground.uriOf(other),
              { kind: 'full' as const, items: itemsOf(ground, other) },
            ]),
          ),
        }),
  };
};

export const pulled: Feature = {
  method: 'textDocument/diagnostic',
  name: 'Diagnostics',
  doc: 'faults, warnings and hints with the places that they speak of, a link to the page of their code, and their fixes; told while you type, or asked for by editors that prefer that',
  offers: ({ can }) =>
    can.pull
      ? {
          diagnosticProvider: {
            identifier: 'netc',
            interFileDependencies: true,
            workspaceDiagnostics: false,
          },
        }
      : {},
  // a file that is too long has the diagnostic that says so
  answer: (session, params) => E.map(report)(anyGroundOf(session, params)),
};
