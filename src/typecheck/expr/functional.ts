/** Reports lines that hand values on by name (E0110), once for all of them. */
import { error, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import {
  functionalNote,
  functionalStyle,
  type Functional,
} from '../../ops/elsewhere/functional.ts';
import { span, type Source, type Span } from '../../syntax/source.ts';

/** The first layers of several lines, for a title. */
const preview = (made: string): string => {
  const lines = made.split(/\n\s*/).filter((line) => !/^(net\b.*|\})$/.test(line));
  const shown = lines.slice(0, 3).join('; ');
  return lines.length > 3 ? `\`${shown}; …\`` : `\`${shown}\``;
};

const reportOf = (
  { path, text }: Source,
  { start, end, written, label }: Functional,
): { readonly report: Diagnostic; readonly whole: Span } => {
  const whole = span(path, start, end);
  const line = text.slice(start, end).indexOf('\n');
  const message = 'a layer takes what the one before gives, without a name for it';
  // what stands behind the last line is looked at as if that line were wrong
  const behind = /^\s*\S?/.exec(text.slice(end))![0].length;
  return {
    whole: { ...whole, end: end + behind },
    report: error('E0110', span(path, start, line < 0 ? end : start + line), message, {
      label,
      notes: [functionalNote],
      fixes:
        written === undefined
          ? []
          : [replace(`write ${preview(written)}, one a line`, whole, written)],
    }),
  };
};

/** The reports for all groups of such lines in a text, each with the place of its lines. */
export const reportsOfStyle = (source: Source): readonly ReturnType<typeof reportOf>[] =>
  functionalStyle(source.text).map((group) => reportOf(source, group));
