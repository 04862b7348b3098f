/** Diagnostics as annotations of GitHub Actions: one `::error …::message` a line. */
import type { Source } from '../../syntax/source.ts';
import type { Diagnostic, Severity } from '../diagnostic.ts';
import { jsonDiagnostics } from './json.ts';

const commands: { readonly [severity in Severity]: string } = {
  error: 'error',
  warning: 'warning',
  hint: 'notice',
};

/** What would end a message early. */
const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** In a property a comma and a colon would end it too. */
const property = (text: string): string =>
  escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Lines and columns count from one. Notes and fixes follow the message, a line each. */
export const githubAnnotations = (
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
): string =>
  jsonDiagnostics(diagnostics, sources)
    .map(({ code, severity, message, file, range, notes, fixes }) => {
      const place = [
        `file=${property(file)}`,
        `line=${range.start.line + 1}`,
        `endLine=${range.end.line + 1}`,
        `col=${range.start.character + 1}`,
        `endColumn=${range.end.character + 1}`,
        `title=${code}`,
      ];
      const text = [message, ...notes, ...fixes.map((fix) => `fix: ${fix.title}`)].join('\n');
      return `::${commands[severity]} ${place.join(',')}::${escaped(text)}\n`;
    })
    .join('');
