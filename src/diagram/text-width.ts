/**
 * The width of text, exact enough to draw boxes around it: the advance widths of Helvetica, which Arial and Liberation
 * Sans share, in thousandths of the font size.
 */
const groups: readonly (readonly [width: number, characters: string])[] = [
  [191, "'"],
  [222, 'ijl'],
  [260, '|'],
  [278, ' !,./:;I[\\]ft·'],
  [333, '()-`r'],
  [334, '{}'],
  [355, '"'],
  [389, '*'],
  [469, '^'],
  [500, 'Jcksvxyz'],
  [556, '#$0123456789?L_abdeghnopqu'],
  [584, '+<=>~×−'],
  [611, 'FTZ'],
  [667, '&ABEKPSVXY'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'Mm'],
  [889, '%'],
  [944, 'W'],
  [1000, '…→'],
  [1015, '@'],
];

const widths: ReadonlyMap<string, number> = new Map(
  groups.flatMap(([width, characters]) => Array.from(characters, (c) => [c, width] as const)),
);

/** The width of a letter that is not in the table: that of a wide letter, or a square if it may be an ideograph. */
const other = (c: string): number => (c.codePointAt(0)! < 0x2e80 ? 700 : 1000);

/** In the unit of `size`. Bold letters are about a sixteenth wider. */
export const textWidth = (text: string, size: number, bold = false): number => {
  let sum = 0;
  for (const c of text) sum += widths.get(c) ?? other(c);
  return (sum * size * (bold ? 1.065 : 1)) / 1000;
};

/** How much wider than Helvetica a font may be that stands in for it: DejaVu Sans is. */
const slack = 1.17;

/** The room to leave for text, in whatever font it will be drawn. */
export const roomFor = (text: string, size: number, bold = false): number =>
  textWidth(text, size, bold) * slack;
