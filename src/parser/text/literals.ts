/** The values of numbers, sizes and strings. */
import { error, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../syntax/source.ts';

/** The largest integer (SAFETY.md). */
const largest = 2 ** 31 - 1;

/** What a string may escape with one letter. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['t', '\t'],
]);

/** The value of a numeral; one that is too large is the largest there is, and `numberFaults` reports it. */
export const numberOf = (image: string): { readonly value: number; readonly integer: boolean } => {
  const integer = !/[.eE]/.test(image);
  const value = Number(image.replaceAll('_', ''));
  return { value: Math.min(value, integer ? largest : Number.MAX_VALUE), integer };
};

/** The value of `7x3`, likewise. */
export const sizeOf = (image: string): { readonly h: number; readonly w: number } => {
  const [h = '', w = ''] = image.split('x');
  return { h: numberOf(h).value, w: numberOf(w).value };
};

/** Does every integer of a number or a size fit? */
export const numberFaults = (image: string, place: Span): readonly Diagnostic[] => {
  const fits = (part: string): boolean => {
    const value = Number(part.replaceAll('_', ''));
    return /[.eE]/.test(part) ? Number.isFinite(value) : value <= largest;
  };
  if (image.split('x').every(fits)) return [];
  return /[.eE]/.test(image)
    ? [error('E0107', place, 'this number is too large for a 64-bit float')]
    : [
        error('E0107', place, `this integer is larger than ${largest}, the largest there is`, {
          notes:
            image.includes('x') || image.length > longestShown
              ? []
              : [
                  `in an assertion a larger number is written with a point, \`${grouped(image)}.0\``,
                ],
        }),
      ];
};

/** Digits beyond any number that somebody counts with. */
const longestShown = 40;

/** `15_000_000_000` */
const grouped = (image: string): string =>
  image.replaceAll('_', '').replace(/\B(?=(\d{3})+$)/g, '_');

/** The meaning of `"…"` as written, quotes included, and what is wrong with it. */
export const stringOf = (
  image: string,
  path: string,
  start: number,
): { readonly value: string; readonly faults: readonly Diagnostic[] } => {
  const faults: Diagnostic[] = [];
  let value = '';
  let i = 1;
  while (i < image.length && image[i] !== '"') {
    if (image[i] !== '\\') {
      const from = i;
      while (i < image.length && image[i] !== '"' && image[i] !== '\\') i++;
      value += image.slice(from, i);
      continue;
    }
    const plain = escapes.get(image[i + 1] ?? '');
    const code = /^\\u\{([0-9a-fA-F]{1,6})\}/.exec(image.slice(i, i + 10));
    const point = code === null ? Infinity : Number.parseInt(code[1]!, 16);
    if (plain !== undefined) {
      value += plain;
      i += 2;
    } else if (code !== null && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) {
      value += String.fromCodePoint(point);
      i += code[0].length;
    } else if (i + 1 < image.length) {
      const unicode = image[i + 1] === 'u';
      const length = code?.[0].length ?? 1 + String.fromCodePoint(image.codePointAt(i + 1)!).length;
      const place = span(path, start + i, start + i + length);
      faults.push(
        unicode
          ? error(
              'E0102',
              place,
              'a character by its number is written `\\u{e9}`, at most `\\u{10ffff}`',
            )
          : error(
              'E0102',
              place,
              `\`${image.slice(i, i + length)}\` is no escape; there are \`\\"\`, \`\\\\\`, \`\\n\`, \`\\t\` and \`\\u{…}\``,
              {
                fixes: [replace('write a backslash', span(path, start + i, start + i + 1), '\\\\')],
              },
            ),
      );
      value += image.slice(i + 1, i + length);
      i += length;
    } else i++;
  }
  if (i >= image.length) {
    const end = start + image.length;
    faults.push(
      error(
        'E0102',
        span(path, start, end),
        'this string has no end; it closes with `"` on the same line',
        {
          fixes: [replace('close the string', span(path, end, end), '"')],
        },
      ),
    );
  }
  return { value, faults };
};
