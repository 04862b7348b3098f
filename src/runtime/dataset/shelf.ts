/** Fetches pictures by their addresses. Each thread has a shelf of its own: open files, and blocks that all share. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { inMemory, inWords, type FileFault, type RandomAccess } from '../data/bytes.ts';
import { readNumbers } from '../data/numbers.ts';
import { openFile, type OpenFile } from '../disk/random-access.ts';
import { loadSharp } from '../files/pictures.ts';
import {
  decode,
  headerOf,
  mostBytes,
  whyNoPicture,
  type Header,
  type PictureFault,
  type Sharp,
} from '../store/picture-decode.ts';
import type { Stretch } from '../batches/address.ts';
import type { Block, Fetch, Pixels, Source } from '../batches/dataset.ts';
import { drawShape } from '../batches/shapes/draw.ts';

/** Where the pictures of a set are fetched from. */
export type Shelf = Source & {
  /** the bytes of one picture, as they are stored */
  readonly bytes: (stretch: Stretch) => Either<string, Uint8Array>;
  readonly close: () => void;
};

/** Files that stay open: the shards of a set, not each of a million pictures. */
const mostOpen = 64;

/** The files that were used last. */
const openFiles = () => {
  const open = new Map<string, OpenFile>();
  const use = (path: string): Either<FileFault, OpenFile> => {
    const known = open.get(path);
    if (known !== undefined) {
      open.delete(path);
      open.set(path, known); // it is the last one now
      return E.right(known);
    }
    const opened = openFile(path);
    if (E.isLeft(opened)) return opened;
    const [oldest] = open;
    if (open.size >= mostOpen && oldest !== undefined) {
      oldest[1].close();
      open.delete(oldest[0]);
    }
    open.set(path, opened.right);
    return opened;
  };
  const close = (): void => {
    for (const file of open.values()) file.close();
    open.clear();
  };
  return { use, close };
};

/** Bytes of planes, one channel after the other, as bytes of pixels. */
const interleaved = (planes: Uint8Array, channels: number): Uint8Array => {
  const out = new Uint8Array(planes.length);
  const count = planes.length / channels;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < count; i++) out[i * channels + c] = planes[c * count + i]!;
  return out;
};

/** The header of a picture, which tells its size. */
const sizeIn = async (sharp: Sharp, bytes: Uint8Array): Promise<Either<string, Header>> => {
  const fault = whyNoPicture(bytes);
  if (fault !== undefined) return E.left(fault.reason);
  return E.mapLeft(({ reason }: PictureFault) => reason)(await headerOf(sharp, bytes));
};

const decoded = async (sharp: Sharp, bytes: Uint8Array): Promise<Either<string, Pixels>> => {
  const header = await sizeIn(sharp, bytes);
  if (E.isLeft(header)) return header;
  const rgb = await decode(sharp, bytes, header.right);
  const { h, w } = header.right;
  return E.isLeft(rgb)
    ? E.left(rgb.left.reason)
    : E.right({ tag: 'pixels', h, w, channels: 3, data: rgb.right });
};

/** A shelf for a set with these blocks. */
export const newShelf = (blocks: readonly Block[]): Shelf => {
  const files = openFiles();

  /** Bytes of a stretch, and where in them it begins; what is one picture does not stay open. */
  const reading = <A>(
    stretch: Stretch,
    use: (file: RandomAccess, start: number) => Either<FileFault, A>,
  ): Either<string, A> => {
    const said = E.mapLeft((fault: FileFault) => `it ${inWords(fault)}`);
    if (stretch.tag === 'block') {
      const block = blocks[stretch.block];
      if (block === undefined) throw new Bug(`no block ${stretch.block}`);
      return said(use(inMemory('', block), stretch.start));
    }
    const alone = stretch.tag === 'whole';
    const file = alone ? openFile(stretch.path) : files.use(stretch.path);
    if (E.isLeft(file)) return said(file);
    try {
      return said(use(file.right, alone ? 0 : stretch.start));
    } finally {
      if (alone) file.right.close();
    }
  };

  const bytesAt = (stretch: Stretch): Either<string, Uint8Array> => {
    if (stretch.length > mostBytes)
      return E.left(`it has ${Math.round(stretch.length / 2 ** 20)} MiB`);
    return reading(stretch, (file, start) => {
      const bytes = new Uint8Array(stretch.length);
      return E.map(() => bytes)(file.readAt(bytes, start));
    });
  };

  const fetch: Fetch = async (address) => {
    switch (address.tag) {
      case 'drawn':
        return E.right(drawShape(address.drawing));
      case 'numbers': {
        const { bytes, h, w, channels, format, little } = address;
        const data = reading(bytes, (file, start) =>
          readNumbers(file, start, h * w * channels, format, little),
        );
        return E.map((data: Float32Array) => ({ tag: 'numbers' as const, h, w, channels, data }))(
          data,
        );
      }
      case 'raw': {
        const { h, w, channels, layout } = address;
        const bytes = bytesAt(address.bytes);
        if (E.isLeft(bytes)) return bytes;
        const data = layout === 'planes' ? interleaved(bytes.right, channels) : bytes.right;
        return E.right({ tag: 'pixels', h, w, channels, data });
      }
      case 'encoded': {
        const bytes = bytesAt(address.bytes);
        return E.isLeft(bytes) ? bytes : decoded(await loadSharp(), bytes.right);
      }
    }
  };
  const size: Source['size'] = async (address) => {
    switch (address.tag) {
      case 'drawn':
        return E.right({ h: address.drawing.size, w: address.drawing.size });
      case 'numbers':
      case 'raw':
        return E.right({ h: address.h, w: address.w });
      case 'encoded': {
        const bytes = bytesAt(address.bytes);
        return E.isLeft(bytes) ? bytes : sizeIn(await loadSharp(), bytes.right);
      }
    }
  };
  return { fetch, size, bytes: bytesAt, close: files.close };
};
