/** Diagnostics as SARIF 2.1.0, which code hosts and editors read. */
import type { Source } from '../../syntax/source.ts';
import { codes } from '../codes.ts';
import type { Diagnostic, Severity } from '../diagnostic.ts';
import { jsonDiagnostics, type Range } from './json.ts';

const levels: { readonly [severity in Severity]: string } = {
  error: 'error',
  warning: 'warning',
  hint: 'note',
};

/** SARIF counts lines and columns from one. */
const region = ({ start, end }: Range) => ({
  startLine: start.line + 1,
  startColumn: start.character + 1,
  endLine: end.line + 1,
  endColumn: end.character + 1,
});

const artifact = (file: string) => ({ uri: encodeURI(file) });

const location = (file: string, range: Range) => ({
  physicalLocation: { artifactLocation: artifact(file), region: region(range) },
});

/** One run of netc of this version. Every code that occurs is a rule. */
export const sarif = (
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
  version: string,
): object => {
  const used = [...new Set(diagnostics.map((d) => d.code))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'netc',
            version,
            rules: used.map((id) => ({ id, shortDescription: { text: codes[id] } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: jsonDiagnostics(diagnostics, sources).map((d) => ({
          ruleId: d.code,
          ruleIndex: used.findIndex((code) => code === d.code),
          level: levels[d.severity],
          message: { text: [d.message, ...d.notes].join('\n') },
          locations: [{ ...location(d.file, d.range), message: { text: d.label } }],
          relatedLocations: d.related.map((r, id) => ({
            id,
            ...location(r.file, r.range),
            message: { text: r.message },
          })),
          fixes: d.fixes.map((fix) => ({
            description: { text: fix.title },
            artifactChanges: fix.edits.map((edit) => ({
              artifactLocation: artifact(edit.file),
              replacements: [
                { deletedRegion: region(edit.range), insertedContent: { text: edit.newText } },
              ],
            })),
          })),
        })),
      },
    ],
  };
};
