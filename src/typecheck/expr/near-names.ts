/** What an unknown word was probably meant to be. */
import { isSlip, near } from '../../diagnostic/suggest.ts';
import { table, words } from '../../ops/table.ts';
import type { Context } from './context.ts';
import type { Called } from './foreign-names.ts';
import { countVisible, lookup, visible } from './scope.ts';
import { splitSize } from './split-size.ts';
import type { Scope, Value } from './values.ts';

/** What to write for an unknown word, if something is near; and the part of the word that is unknown. */
export const nearName = (
  cx: Context,
  called: Called,
  scope: Scope,
): { readonly meant: string | undefined; readonly unknown: string } => {
  const { parts: names } = called.word;
  const { text } = names[names.length - 1]!;
  const dashed = withDash(text, scope);
  if (dashed !== undefined) return { meant: dashed, unknown: text };
  const candidates = cx.mayCompare(countVisible(scope)) ? visible(scope) : [];
  const meant = (written: string): readonly string[] =>
    near(written, candidates)
      .filter((candidate) => haveSameDigits(written, candidate))
      .filter((candidate) => mayMean(written, candidate, called, scope));
  const whole = meant(text);
  const parts = splitSize(text);
  if (parts === undefined) return { meant: whole[0], unknown: text };
  const stems = meant(parts.stem).filter((stem) => takesSize(valueOf(stem, scope)));
  const stem = stems[0];
  return stem === undefined
    ? { meant: whole[0], unknown: text }
    : { meant: `${stem}${parts.size}`, unknown: parts.stem };
};

/** `stage_1` may be `stage1`, and is not `stage2`: digits are not mistyped, and say something. */
const haveSameDigits = (written: string, candidate: string): boolean =>
  candidate.replaceAll(/\D/g, '') === written.replaceAll(/\D/g, '');

const valueOf = (name: string, scope: Scope): Value | undefined => {
  const found = lookup(scope, name);
  return found?.tag === 'entry' ? found.entry.value() : undefined;
};

/** Whether a word of this meaning may end with a size. */
const takesSize = (value: Value | undefined): boolean => {
  if (value?.tag !== 'callable') return false;
  const { callee } = value;
  return callee.tag === 'operator'
    ? callee.row.params.some(({ name }) => name === 'size')
    : callee.definition.parameters.some((p) => p.tag === 'rest' || p.name.text === 'size');
};

/** `conv3_64` is `conv3-64`, and `unit_64` `unit-64`; a smaller number may count layers, as in `conv3_1`. */
const withDash = (text: string, scope: Scope): string | undefined => {
  const [, word, size = '', count] =
    /^([A-Za-z][A-Za-z_]*?)_?(\d+(?:x\d+)?)?_(\d+)$/.exec(text) ?? [];
  if (word === undefined || Number(count) < 8) return undefined;
  // the whole word may be a name of its own, as `conv3` is where it is declared
  if (valueOf(`${word}${size}`, scope)?.tag === 'callable') return `${word}${size}-${count}`;
  const stem = [word, word.toLowerCase()].find((name) => takesSize(valueOf(name, scope)));
  return stem === undefined ? undefined : `${stem}${size}-${count}`;
};

/**
 * Whether a near name may be what was meant. The declaration that is being written is not, and of an operator, which
 * has many relatives elsewhere, only a slip is: `rleu` and `maxpol`, not `logsoftmax` or `gmp`.
 */
const mayMean = (written: string, candidate: string, at: Called, scope: Scope): boolean => {
  const found = lookup(scope, candidate);
  if (found?.tag !== 'entry') return true;
  // the word of an argument, such as `bilinear`, takes no arguments itself
  const isWord = words.has(candidate) && !table.has(candidate);
  if (found.entry.from === 'std') return isSlip(written, candidate) && !(isWord && isCalled(at));
  if (found.entry.from !== 'declaration') return true;
  const value = found.entry.value();
  if (value.tag !== 'callable' || value.callee.tag !== 'definition') return true;
  const { span } = value.callee.definition;
  return span.path !== at.span.path || at.span.start < span.start || at.span.end > span.end;
};

const isCalled = ({ links }: Called): boolean => links.some(({ tag }) => tag === 'call');
