/** Numbers as people read them. */

/** `138,357,544` */
export const thousands = (n: number): string =>
  // `toLocaleString` takes 5 ms at its first call, to load the rules of all languages
  String(n).replace(/\d(?=(?:\d{3})+$)/g, '$&,');

const scaled = (n: number, base: number, units: readonly string[], small: string): string => {
  let value = n;
  let unit = -1;
  // a number that would be rounded up to the next unit is written in that unit
  while (unit + 1 < units.length && Number(value.toPrecision(4)) >= base) {
    value /= base;
    unit++;
  }
  return unit < 0 ? `${n}${small}` : `${Number(value.toPrecision(4))} ${units[unit]!}`;
};

/** `15.47 G`, as papers give multiply–adds; plain below a thousand. */
export const short = (n: number): string => scaled(n, 1000, ['k', 'M', 'G', 'T', 'P'], '');

/** `527.8 MiB` */
export const bytes = (n: number): string => scaled(n, 1024, ['KiB', 'MiB', 'GiB', 'TiB'], ' B');

/** `1 net`, `8 nets` */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${thousands(n)} ${n === 1 ? one : many}`;

/** The largest number, 0 for none. `Math.max` takes fewer arguments in a call than a net may have layers. */
export const largest = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => Math.max(a, b), 0);

/** The sum, unless a part is unknown. */
export const sumIfKnown = (parts: readonly (number | undefined)[]): number | undefined =>
  parts.reduce(
    (sum: number | undefined, n) => (sum === undefined || n === undefined ? undefined : sum + n),
    0,
  );
