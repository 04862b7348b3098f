/** What an unknown word was probably meant to be. */
import { isSlip, near } from '../../diagnostic/suggest.ts';
import { table, words } from '../../ops/table.ts';
import type { Context } from './context.ts';
import type { Called } from './foreign-names.ts';
import { countVisible, lookup, visible } from './scope.ts';
import { splitSize } from './split-size.ts';
import type { Scope, Value } from './values.ts';

/** What an unknown word may have been meant to be. */
type Near = {
  /** undefined where nothing is near */
  readonly meant: string | undefined;
  /** the part of the word that is unknown */
  readonly unknown: string;
  /** whether it may be written as it is: a word without arguments stands for no layer that needs some */
  readonly fits: boolean;
};

/** What to write for an unknown word, if something is near. */
export const nearName = (cx: Context, called: Called, scope: Scope, wants?: 'layer'): Near => {
  const { parts: names } = called.word;
  const { text } = names[names.length - 1]!;
  const dashed = withDash(text, scope);
  if (dashed !== undefined) return { meant: dashed, unknown: text, fits: true };
  const candidates = cx.mayCompare(countVisible(scope)) ? visible(scope) : [];
  const meant = (written: string): readonly string[] =>
    near(written, candidates)
      .filter((candidate) => haveSameDigits(written, candidate))
      .filter((candidate) => mayMean(written, candidate, called, scope))
      .filter((candidate) => wants === undefined || mayBeLayer(valueOf(candidate, scope)));
  const here = meant(text);
  const passes = near(text, cx.shipped.keys()).filter((pass) => isSlip(text, pass));
  const whole = names.length > 1 || passes.length === 0 ? here : near(text, [...here, ...passes]);
  const parts = splitSize(text);
  const fits = (name: string | undefined, size?: string): boolean =>
    isCalled(called) || wants === undefined || !lacks(valueOf(name ?? '', scope), size);
  if (parts === undefined) return { meant: whole[0], unknown: text, fits: fits(whole[0]) };
  const stems = meant(parts.stem).filter((stem) => takesSize(valueOf(stem, scope)));
  const stem = stems[0];
  return stem === undefined
    ? { meant: whole[0], unknown: text, fits: fits(whole[0]) }
    : { meant: `${stem}${parts.size}`, unknown: parts.stem, fits: fits(stem, parts.size) };
};

/** `stage_1` may be `stage1`, and is not `stage2`: digits are not mistyped, and say something. */
const haveSameDigits = (written: string, candidate: string): boolean =>
  candidate.replaceAll(/\D/g, '') === written.replaceAll(/\D/g, '');

const valueOf = (name: string, scope: Scope): Value | undefined => {
  const found = lookup(scope, name);
  return found?.tag === 'entry' ? found.entry.value() : undefined;
};

/** Whether a word of this meaning may stand for a layer. */
const mayBeLayer = (value: Value | undefined): boolean =>
  value === undefined || ['callable', 'layer', 'unknown', 'rewrite', 'count'].includes(value.tag);

/** Whether a word of this meaning may end with a size. */
const takesSize = (value: Value | undefined): boolean => {
  if (value?.tag !== 'callable') return false;
  const { callee } = value;
  return callee.tag === 'operator'
    ? callee.row.params.some(({ name }) => name === 'size')
    : callee.definition.parameters.some((p) => p.tag === 'rest' || p.name.text === 'size');
};

/** Whether a call with no argument but a size lacks others. */
const lacks = (value: Value | undefined, size: string | undefined): boolean => {
  if (value?.tag !== 'callable') return false;
  const { callee } = value;
  const needed =
    callee.tag === 'operator'
      ? callee.row.params.flatMap((p) => (p.default === undefined ? [p.name] : []))
      : callee.definition.parameters.flatMap((p) =>
          p.tag === 'parameter' && p.default === undefined ? [p.name.text] : [],
        );
  return needed.some((name) => name !== 'size' || size === undefined);
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
  if (found.entry.from === 'std') return isSlip(written, candidate) && !(isWord && hasCall(at));
  if (found.entry.from !== 'declaration') return true;
  const value = found.entry.value();
  if (value.tag !== 'callable' || value.callee.tag !== 'definition') return true;
  const { span } = value.callee.definition;
  return span.path !== at.span.path || at.span.start < span.start || at.span.end > span.end;
};

const hasCall = ({ links }: Called): boolean => links.some(({ tag }) => tag === 'call');

const isCalled = ({ links }: Called): boolean => links.length > 0;
