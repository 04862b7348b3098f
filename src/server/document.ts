/** The table of docs/editor.md, made of the rows of the features and of the reply to `initialize`. */
import { clientOf } from './client.ts';
import { features, serverCapabilities } from './features.ts';

const marker =
  '<!-- The table is written by scripts/editor-doc.mjs from src/server/features.ts. Do not edit it. -->';
const end = '<!-- End of the table. -->';

/** A client that can do everything, so that everything is offered. */
const able = clientOf({
  capabilities: {
    textDocument: {
      diagnostic: {},
      semanticTokens: { requests: { full: { delta: true } } },
    },
  },
});

const table = (): string => {
  const offered = serverCapabilities(able);
  const rows = features
    .filter(({ name }) => name !== '')
    .map((feature) => {
      const keys = Object.keys(feature.offers(able)).filter((key) => key in offered);
      const request =
        keys.length === 0 ? `\`${feature.method}\`` : keys.map((k) => `\`${k}\``).join(', ');
      return `| ${feature.name} | ${feature.doc} | ${request} |`;
    });
  return ['| feature | here | capability |', '| --- | --- | --- |', ...rows].join('\n');
};

/** The page with its table written anew. */
export const withTable = (page: string): string => {
  const [before = '', rest = ''] = page.split(marker);
  const [, after = '\n'] = rest.split(end);
  return `${before}${marker}\n\n${table()}\n\n${end}${after}`;
};
