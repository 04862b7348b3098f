/** The values of numbers, sizes and strings. */
import { error, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../syntax/source.ts';
import { largestInteger } from '../../syntax/tree.ts';

/** The escapes of one letter, with what they stand for. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['t', '\t'],
]);

/** The value of a numeral. One that is too large becomes the largest allowed; `numberFaults` reports it. */
export const numberOf = (image: string): { readonly value: number; readonly integer: boolean } => {
  const integer = !/[.eE]/.test(image);
  const value = Number(image.replaceAll('_', ''));
  return { value: Math.min(value, integer ? largestInteger : Number.MAX_VALUE), integer };
};

/** The value of a size such as `7x3`, with the same bounds. */
export const sizeOf = (image: string): { readonly h: number; readonly w: number } => {
  const [h = '', w = ''] = image.split('x');
  return { h: numberOf(h).value, w: numberOf(w).value };
};

/** The faults of a number or size: a part that is too large. */
export const numberFaults = (image: string, place: Span): readonly Diagnostic[] => {
  const fits = (part: string): boolean => {
    const value = Number(part.replaceAll('_', ''));
    return /[.eE]/.test(part) ? Number.isFinite(value) : value <= largestInteger;
  };
  if (image.split('x').every(fits)) return [];
  return /[.eE]/.test(image)
    ? [error('E0107', place, 'this number is too large for a 64-bit float')]
    : [
        error(
          'E0107',
          place,
          `this integer is larger than ${largestInteger}, the largest allowed`,
          {
            notes:
              image.includes('x') || image.length > longestShown
                ? []
                : [
                    `in an assertion a larger number is written with a point, \`${underscored(image)}.0\``,
                  ],
          },
        ),
      ];
};

/** A number with more digits is hardly a count. */
const longestShown = 40;

/** `15_000_000_000` */
const underscored = (image: string): string =>
  image.replaceAll('_', '').replace(/\B(?=(\d{3})+$)/g, '_');

/** What a string holds at a backslash: its value, and how many characters write it. */
type Escape = { readonly value: string; readonly length: number; readonly fault?: Diagnostic };

const wrongEscape = (escape: string, place: Span): Diagnostic => {
  if (escape.startsWith('\\u')) {
    const message = 'a character by its number is written `\\u{e9}`, at most `\\u{10ffff}`';
    return error('E0102', place, message);
  }
  const message = `\`${escape}\` is not an escape; the escapes are \`\\"\`, \`\\\\\`, \`\\n\`, \`\\t\` and \`\\u{…}\``;
  const backslash = { ...place, end: place.start + 1 };
  return error('E0102', place, message, {
    fixes: [replace('write a backslash', backslash, '\\\\')],
  });
};

/** The escape that begins with `image[at]`; the place of the image in the file is `whole`. */
const escapeAt = (image: string, at: number, whole: Span): Escape => {
  const plain = escapes.get(image[at + 1] ?? '');
  if (plain !== undefined) return { value: plain, length: 2 };
  const code = /^\\u\{([0-9a-fA-F]{1,6})\}/.exec(image.slice(at, at + 10));
  const point = code === null ? Infinity : Number.parseInt(code[1]!, 16);
  const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  if (code !== null && isCharacter)
    return { value: String.fromCodePoint(point), length: code[0].length };
  if (at + 1 >= image.length) return { value: '', length: 1 };
  const length = code?.[0].length ?? 1 + String.fromCodePoint(image.codePointAt(at + 1)!).length;
  const written = image.slice(at, at + length);
  const start = whole.start + at;
  const fault = wrongEscape(written, span(whole.path, start, start + length));
  return { value: written.slice(1), length, fault };
};

/** The value of a string, given with its quotes, and its faults. It begins at `start` in the file at `path`. */
export const stringOf = (
  image: string,
  path: string,
  start: number,
): { readonly value: string; readonly faults: readonly Diagnostic[] } => {
  const whole = span(path, start, start + image.length);
  const faults: Diagnostic[] = [];
  let value = '';
  let i = 1;
  while (i < image.length && image[i] !== '"') {
    const from = i;
    while (i < image.length && image[i] !== '"' && image[i] !== '\\') i++;
    value += image.slice(from, i);
    if (image[i] !== '\\') continue;
    const escape = escapeAt(image, i, whole);
    value += escape.value;
    i += escape.length;
    if (escape.fault !== undefined) faults.push(escape.fault);
  }
  if (i >= image.length) {
    const end = span(path, whole.end, whole.end);
    const message = 'this string has no end; it closes with `"` on the same line';
    faults.push(error('E0102', whole, message, { fixes: [replace('close the string', end, '"')] }));
  }
  return { value, faults };
};
