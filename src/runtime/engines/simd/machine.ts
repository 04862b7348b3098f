/** The inner loops on a memory, with the room that they work in. */
import { Bug } from '../../../diagnostic/bug.ts';
import { moduleBytes, runWords, tileColumns, tileRows, tileWords } from './code.ts';
import { Instance, isShared, Module, type Memory } from './web-assembly.ts';

/** The most steps that are packed at once: a strip of b of so many lies in the first cache, 16 KiB. */
export const mostSteps = 512;
/**
 * The steps that strips have room for if they have so many. Strips whose lengths are a power of 2 would lie in the same
 * few lines of a cache, and drive one another out.
 */
export const roomFor = (steps: number): number => steps + 4;

/** The most tiles one below the other: their strips of a lie in the second cache, 256 KiB. */
export const mostTiles = 32;
/** The most columns that are packed at once: with `mostSteps`, 512 KiB of b. */
export const mostColumns = 256;

/** Where what is worked with lies: addresses in the memory. */
export type Places = {
  readonly a: number; // strips of a, tile by tile
  readonly b: number; // strips of b
  readonly table: number;
  readonly start: number; // numbers that sums begin with, a row
  readonly zeros: number; // as many as there are steps
  readonly spare: number; // a row that nobody reads
  readonly gamma: number; // numbers that sums are multiplied by, a row
  readonly beta: number; // and what is added then
  readonly bounds: number; // two numbers
  readonly nan: number; // a vector with bits if some result is no number
};

const sizes: { readonly [Part in keyof Places]: number } = {
  a: 4 * tileRows * mostTiles * roomFor(mostSteps),
  b: 4 * mostColumns * roomFor(mostSteps),
  table: 4 * mostTiles * (tileWords + runWords * mostSteps),
  start: 4 * mostColumns,
  zeros: 4 * mostSteps,
  spare: 4 * mostColumns,
  gamma: 4 * mostColumns,
  beta: 4 * mostColumns,
  bounds: 16,
  nan: 16,
};

/** The most pixels of a window whose addresses fit into the table. */
export const mostPixels = sizes.table / 4;
/** The most channels whose numbers fit there. */
export const mostChannels = sizes.table / 4;

/** Bytes that a machine works in, whatever it computes. */
export const workBytes = Object.values(sizes).reduce((sum, size) => sum + size, 0);

type Tiles = (
  table: number,
  count: number,
  strip: number,
  column: number,
  start: number,
  gamma: number,
  beta: number,
  apart: number,
  bounds: number,
  nan: number,
) => void;
type PackColumns = (
  to: number,
  nextStrip: number,
  from: number,
  nextRow: number,
  rows: number,
  strips: number,
) => void;

/** The functions of `code.ts`; those for a width have it as their index. */
type Functions = {
  readonly tiles: readonly Tiles[];
  readonly packRows: (
    to: number,
    next: number,
    ...rows: [number, number, number, number, ...strips: [number, number, number, number]]
  ) => void;
  readonly packFours: readonly PackColumns[];
  readonly packEights: readonly PackColumns[];
  readonly giveLargest: (
    addresses: number,
    pixels: number,
    gradient: number,
    vectors: number,
    apart: number,
  ) => void;
  readonly endMaps: (...addressesAndCounts: readonly number[]) => void;
  readonly sumOfSquares: (from: number, vectors: number, to: number) => void;
};

/** The functions, their places, and the memory as it is now: it may grow between two products, and never within one. */
export type Machine = Functions & {
  readonly at: Places;
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
};

/** The addresses of numbers that lie in this memory. */
export const addressesIn =
  (memory: Memory) =>
  ({ buffer, byteOffset }: Float32Array): number => {
    if (buffer !== memory.buffer) throw new Bug('numbers lie in another memory');
    return byteOffset;
  };

/** The functions on this memory; from `begin` on, `workBytes` of it are theirs. */
export const machineOn = (memory: Memory, begin: number): (() => Machine) => {
  const module = new Module(moduleBytes(isShared(memory)));
  const functions = functionsOf(new Instance(module, { host: { memory } }).exports);
  let address = begin;
  const place = (part: keyof Places): number => (address += sizes[part]) - sizes[part];
  const at: Places = {
    ...{ a: place('a'), b: place('b'), table: place('table'), start: place('start') },
    ...{ zeros: place('zeros'), spare: place('spare') },
    ...{ gamma: place('gamma'), beta: place('beta') },
    ...{ bounds: place('bounds'), nan: place('nan') },
  };
  new Uint8Array(memory.buffer, begin, workBytes).fill(0);
  return () => ({
    ...functions,
    at,
    words: new Int32Array(memory.buffer),
    floats: new Float32Array(memory.buffer),
    doubles: new Float64Array(memory.buffer),
  });
};

/** What `code.ts` exports has these types: they are stated there once more, in its terms. */
const functionsOf = (exports: { readonly [name: string]: unknown }): Functions => {
  const named = (name: string): unknown => {
    if (typeof exports[name] !== 'function') throw new Bug(`the module has no ${name}`);
    return exports[name];
  };
  const widths = (most: number, name: (width: number) => string): readonly unknown[] => [
    undefined,
    ...Array.from({ length: most }, (_, i) => named(name(i + 1))),
  ];
  return {
    tiles: widths(tileColumns, (width) => `tiles${width}`),
    packFours: widths(tileRows, (there) => `packColumns${tileRows}of${there}`),
    packEights: widths(tileColumns, (there) => `packColumns${tileColumns}of${there}`),
    packRows: named('packRows'),
    giveLargest: named('giveLargest'),
    endMaps: named('endMaps'),
    sumOfSquares: named('sumOfSquares'),
  } as Functions;
};
