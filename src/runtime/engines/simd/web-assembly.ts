/** What is used of WebAssembly: the types of ECMAScript do not describe it, and those of Node 20 do not either. */

/** A memory; its buffer is another one when it has grown. */
export type Memory = {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly grow: (pages: number) => number;
};

/** The most pages of 64 KiB that addresses of 32 bits reach. */
export const mostPages = 2 ** 16;

type Constructors = {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly [module: string]: { readonly [name: string]: Memory } },
  ) => { readonly exports: { readonly [name: string]: unknown } };
};

declare const WebAssembly: Constructors;

export const { Memory, Module, Instance } = WebAssembly;

/** Whether threads may share the memory: a module has to say so when it imports it. */
export const isShared = ({ buffer }: Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
