/** What is asked of an installation, and what it says while it goes on. */
import type { Environment } from '../disk/cache.ts';
import type { Caller } from '../engines/host.ts';
import type { Parcel } from './catalogue.ts';
import type { Build } from './product.ts';
import type { Patience } from './transfer.ts';

/** What happens, as it happens. Sizes are bytes. */
export type Told =
  | {
      readonly tag: 'plan';
      readonly build: Build;
      readonly folder: string;
      readonly fetched: number; // what is still to come
      readonly unpacked: number; // what the folder will hold
      readonly free: number;
    }
  | { readonly tag: 'parcel'; readonly parcel: Parcel; readonly place: Place; readonly by: string }
  | { readonly tag: 'there already'; readonly parcel: Parcel; readonly place: Place }
  | { readonly tag: 'addon'; readonly place: Place; readonly compiler: string }
  | { readonly tag: 'koffi'; readonly place: Place }
  | {
      readonly tag: 'progress';
      readonly what: Progress;
      readonly done: number;
      readonly of: number;
    };

/** Which step of how many. */
export type Place = { readonly step: number; readonly of: number };

export type Progress = 'fetched' | 'unpacked';

/** An installation to make: `parcels` go into `folderIn(cache, build)`. */
export type Order = {
  readonly build: Build;
  readonly cache: string;
  readonly by: Caller['by'] | undefined; // what is to call the library, if the product is one
  readonly parcels: readonly Parcel[];
  readonly env: Environment; // of the programs that are run
  readonly node: string; // the program that tries what calls the library
  readonly index: string | undefined; // fetch wheels from there, and leave pip alone
  readonly patience: Patience;
  readonly signal: AbortSignal; // ends the work; what was done is kept
  readonly tell: (told: Told) => void;
};
