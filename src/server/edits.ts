/** Edits of files as the protocol has them. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol';
import type { Span } from '../syntax/source.ts';
import type { Ground } from './ground.ts';
import { rangeOf } from './text.ts';

/** The text at a place, which is where it lies now, becomes another. */
export type Change = { readonly span: Span; readonly newText: string };

/** Changes of files by URI; versions are stated where the client checks them. */
export const workspaceEdit = (ground: Ground, changes: readonly Change[]): WorkspaceEdit => {
  const byUri = new Map<string, TextEdit[]>();
  for (const { span, newText } of changes) {
    const text = ground.textOf(span.path);
    if (text === undefined) continue;
    const uri = ground.uriOf(span.path);
    const edits = byUri.get(uri) ?? [];
    edits.push({ range: rangeOf(text, span.start, span.end), newText });
    byUri.set(uri, edits);
  }
  if (!ground.client.can.documentChanges) return { changes: Object.fromEntries(byUri) };
  return {
    documentChanges: [...byUri].map(([uri, edits]) => ({
      textDocument: { uri, version: ground.projects.document(uri)?.version ?? null },
      edits,
    })),
  };
};

/** A text with changes, which are apart. */
export const applied = (text: string, changes: readonly Change[]): string => {
  let made = '';
  let at = 0;
  for (const { span, newText } of changes.toSorted((a, b) => a.span.start - b.span.start)) {
    made += text.slice(at, span.start) + newText;
    at = span.end;
  }
  return made + text.slice(at);
};
