/**
 * A small assembler of WebAssembly: expressions are functions that give bytes, and their types keep the stack right.
 * Opcodes and sections are those of the WebAssembly Core Specification 2.0, chapter 5; SIMD is its `v128`.
 */
import { mostPages } from './web-assembly.ts';

export type ValueType = 'i32' | 'f32' | 'v128';

/** Bytes that leave a value of this type on the stack; `void` leaves none. */
export type Code<T extends ValueType | 'void'> = {
  readonly type: T;
  readonly bytes: readonly number[];
};

/** A variable of a function. */
export type Local<T extends ValueType = ValueType> = { readonly type: T; readonly index: number };

/** A function with parameters of these types, in order, and no result; `body` may declare locals. */
export type Func = {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code<'void'>;
};

const typeBytes: { readonly [T in ValueType]: number } = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** An integer in base 128, lowest digits first. */
const unsigned = (n: number): readonly number[] =>
  n < 128 ? [n] : [(n % 128) + 128, ...unsigned(Math.floor(n / 128))];

/** The same for integers of 32 bits with a sign, which is the second highest bit of the last byte. */
const signed = (n: number): readonly number[] =>
  n >= -64 && n < 64 ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)];

const code =
  <T extends ValueType | 'void'>(type: T) =>
  (...bytes: readonly number[]): Code<T> => ({ type, bytes });
const [i32, f32, v128, nothing] = [code('i32'), code('f32'), code('v128'), code('void')];

type I32 = Code<'i32'>;
type F32 = Code<'f32'>;
type V128 = Code<'v128'>;
type Void = Code<'void'>;

const simd = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)];

/** The alignment of 4 bytes, as a hint, and the offset of an access. */
const at = (offset: number): readonly number[] => [2, ...unsigned(offset)];

export const constant = (n: number): I32 => i32(0x41, ...signed(n));

export const get = <T extends ValueType>({ type, index }: Local<T>): Code<T> => ({
  type,
  bytes: [0x20, ...unsigned(index)],
});

export const set = <T extends ValueType>({ index }: Local<T>, value: Code<T>): Void =>
  nothing(...value.bytes, 0x21, ...unsigned(index));

const integers =
  (opcode: number) =>
  (a: I32, b: I32): I32 =>
    i32(...a.bytes, ...b.bytes, opcode);

export const add = integers(0x6a);
const subtract = integers(0x6b);
export const and = integers(0x71);
export const shiftRight = integers(0x76);

/** The variable, so much larger. */
export const advance = (local: Local<'i32'>, by: I32): Void => set(local, add(get(local), by));

export const loadInt = (address: I32, offset = 0): I32 =>
  i32(...address.bytes, 0x28, ...at(offset));
export const loadFloat = (address: I32, offset = 0): F32 =>
  f32(...address.bytes, 0x2a, ...at(offset));
export const storeFloat = (address: I32, value: F32, offset = 0): Void =>
  nothing(...address.bytes, ...value.bytes, 0x38, ...at(offset));

/** Four floats. */
export const load = (address: I32, offset = 0): V128 =>
  v128(...address.bytes, ...simd(0), ...at(offset));
/** One float, four times. */
export const loadSplat = (address: I32, offset = 0): V128 =>
  v128(...address.bytes, ...simd(9), ...at(offset));
export const store = (address: I32, value: V128, offset = 0): Void =>
  nothing(...address.bytes, ...value.bytes, ...simd(11), ...at(offset));

/** So many floats, up to four, and zeros: nothing else is read. */
export const loadSome = (count: number, address: I32, offset = 0): V128 => {
  if (count === 4) return load(address, offset);
  if (count === 0) return splat(constant(0));
  if (count < 3) return v128(...address.bytes, ...simd(count === 1 ? 92 : 93), ...at(offset));
  const two = loadSome(2, address, offset);
  return v128(...address.bytes, ...two.bytes, ...simd(86), ...at(offset + 8), 2);
};

/** The first floats of a vector: nothing else is written. */
export const storeSome = (count: number, address: I32, value: V128, offset = 0): Void => {
  if (count === 4) return store(address, value, offset);
  if (count === 0) return nothing();
  const lane = (opcode: number, to: number, index: number): Void =>
    nothing(...address.bytes, ...value.bytes, ...simd(opcode), ...at(to), index);
  if (count === 1) return lane(90, offset, 0);
  const two = lane(91, offset, 0);
  return count === 2 ? two : sequence(two, lane(90, offset + 8, 2));
};

const vectors =
  (opcode: number) =>
  (a: V128, b: V128): V128 =>
    v128(...a.bytes, ...b.bytes, ...simd(opcode));

export const addFloats = vectors(0xe4);
export const subtractFloats = vectors(0xe5);
export const multiplyFloats = vectors(0xe6);
export const divideFloats = vectors(0xe7);
/** b where b < a, else a: so a number that is NaN stays in a. */
export const lesser = vectors(0xea);
/** b where a < b, else a. */
export const greater = vectors(0xeb);

/** Of two doubles each. */
export const addDoubles = vectors(0xf0);
export const multiplyDoubles = vectors(0xf2);

const ofVector =
  (opcode: number) =>
  (a: V128): V128 =>
    v128(...a.bytes, ...simd(opcode));

export const rootsOfFloats = ofVector(0xe3);
/** The first two floats as doubles. */
export const asDoubles = ofVector(0x5f);

/** A float that is known, four times. */
export const everywhere = (n: number): V128 => {
  const bytes = [...new Uint8Array(Float32Array.of(n).buffer)];
  return v128(...simd(12), ...bytes, ...bytes, ...bytes, ...bytes);
};

/** All bits where a > b. */
export const exceeds = vectors(0x44);
/** All bits where integers are equal. */
export const same = vectors(0x37);
/** All bits where a ≠ b, which NaN does from itself. */
export const differs = vectors(0x42);
export const andBits = vectors(0x4e);
export const orBits = vectors(0x50);

/** An integer, four times. */
export const splat = (n: I32): V128 => v128(...n.bytes, ...simd(17));

/** The bits of a where the mask has one, and those of b elsewhere. */
export const choose = (a: V128, b: V128, mask: V128): V128 =>
  v128(...a.bytes, ...b.bytes, ...mask.bytes, ...simd(82));

/** Four of the eight floats of a and b, by their places. */
export const shuffle = (a: V128, b: V128, places: readonly number[]): V128 =>
  v128(
    ...a.bytes,
    ...b.bytes,
    ...simd(13),
    ...places.flatMap((place) => [0, 1, 2, 3].map((byte) => 4 * place + byte)),
  );

export const sequence = (...all: readonly Void[]): Void => nothing(...all.flatMap((c) => c.bytes));

export const either = (condition: I32, then: Void, otherwise: Void): Void =>
  nothing(...condition.bytes, 0x04, 0x40, ...then.bytes, 0x05, ...otherwise.bytes, 0x0b);

/** The body, as often as the variable says, which is 0 behind it. */
export const repeat = (count: Local<'i32'>, body: Void): Void => {
  const less = subtract(get(count), constant(1));
  const loop = [0x03, 0x40, ...body.bytes, ...set(count, less).bytes];
  return nothing(
    ...get(count).bytes,
    0x04,
    0x40,
    ...loop,
    ...get(count).bytes,
    0x0d,
    0,
    0x0b,
    0x0b,
  );
};

type Locals<Types extends readonly ValueType[]> = {
  readonly [I in keyof Types]: Local<Types[I]>;
};

/** A function; `body` gets its parameters, and makes locals of the types that it asks for. */
export const func = <const Types extends readonly ValueType[]>(
  name: string,
  parameters: Types,
  body: (
    given: Locals<Types>,
    fresh: <T extends ValueType>(type: T) => Local<T>,
  ) => readonly Void[],
): Func => {
  const locals: ValueType[] = [];
  const fresh = <T extends ValueType>(type: T): Local<T> => ({
    type,
    index: parameters.length + locals.push(type) - 1,
  });
  const given = parameters.map((type, index) => ({ type, index }));
  // a tuple is mapped to a tuple of its length, which `map` does not know
  const made = sequence(...body(given as unknown as Locals<Types>, fresh));
  return { name, parameters, locals, body: made };
};

const list = (all: readonly (readonly number[])[]): readonly number[] => [
  ...unsigned(all.length),
  ...all.flat(),
];
const sized = (bytes: readonly number[]): readonly number[] => [
  ...unsigned(bytes.length),
  ...bytes,
];
const text = (of: string): readonly number[] => sized([...new TextEncoder().encode(of)]);
const section = (id: number, all: readonly (readonly number[])[]): readonly number[] => [
  id,
  ...sized(list(all)),
];

/**
 * A module that imports the memory `host.memory`, and exports these functions. Of a memory that is shared the module has
 * to say the most pages, and that threads share it.
 */
export const assemble = (funcs: readonly Func[], shared: boolean): Uint8Array<ArrayBuffer> => {
  const limits = shared ? [3, 0, ...unsigned(mostPages)] : [0, 0];
  const types = (of: readonly ValueType[]) => list(of.map((type) => [typeBytes[type]]));
  const bodies = funcs.map(({ locals, body }) =>
    sized([...list(locals.map((type) => [1, typeBytes[type]])), ...body.bytes, 0x0b]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      funcs.map(({ parameters }) => [0x60, ...types(parameters), 0]),
    ),
    ...section(2, [[...text('host'), ...text('memory'), 2, ...limits]]),
    ...section(
      3,
      funcs.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      funcs.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
    ),
    ...section(10, bodies),
  ]);
};
