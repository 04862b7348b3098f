/** What is used of WebAssembly: the types of ECMAScript do not describe it, and those of Node 20 do not either. */

/** A memory; its buffer is another one when it has grown. */
export type Memory = {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
};

type Constructors = {
  readonly Memory: new (pages: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly [module: string]: { readonly [name: string]: Memory } },
  ) => { readonly exports: { readonly [name: string]: unknown } };
};

declare const WebAssembly: Constructors;

export const { Memory, Module, Instance } = WebAssembly;
