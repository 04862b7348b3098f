/** Links from imports to their files. */
import type { DocumentLink } from 'vscode-languageserver-protocol';
import { ofFile, type Feature } from '../feature.ts';
import { rangeIn } from '../ground.ts';
import { importsOf } from '../imports.ts';

export const links: Feature = ofFile(
  {
    method: 'textDocument/documentLink',
    name: 'Links',
    doc: 'from imports to their files',
    offers: () => ({ documentLinkProvider: {} }),
  },
  (ground): readonly DocumentLink[] =>
    importsOf(ground).map(({ place, path }) => ({
      range: rangeIn(ground, place),
      target: ground.uriOf(path),
    })),
);
