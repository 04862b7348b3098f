/**
 * What a disk may hold after the power went: the calls on one folder are recorded, and replayed up to any of them. What
 * was not flushed by then may be there, missing, cut, or without what came before it.
 */
import { createHash } from 'node:crypto';

/** A file apart from its names. */
type Inode = number;

/** A call that changes a file. */
type DataCall =
  | { readonly tag: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly tag: 'truncate'; readonly length: number };

/** A recorded call. A change of names is one step of the disk: all of it is there, or nothing. */
export type Call =
  | { readonly tag: 'data'; readonly inode: Inode; readonly call: DataCall }
  | {
      readonly tag: 'names';
      readonly set: readonly (readonly [name: string, inode: Inode])[];
      readonly gone: readonly string[];
    }
  | { readonly tag: 'flush'; readonly inode: Inode }
  | { readonly tag: 'flush folder' }
  /** a checkpoint of so many steps is begun, or was said to be saved */
  | { readonly tag: 'begun' | 'saved'; readonly step: number };

/** The content of a folder, by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

const applied = (content: Uint8Array, call: DataCall): Uint8Array => {
  const length =
    call.tag === 'truncate' ? call.length : Math.max(content.length, call.at + call.bytes.length);
  const after = new Uint8Array(length); // holes are zeros
  after.set(content.subarray(0, length));
  if (call.tag === 'write') after.set(call.bytes, call.at);
  return after;
};

/** Some of the calls that were not flushed. */
type Choice<A> = (pending: readonly A[]) => readonly A[];

const halved = (call: DataCall): DataCall =>
  call.tag === 'write' ? { ...call, bytes: call.bytes.subarray(0, call.bytes.length >> 1) } : call;
const blank = (call: DataCall): DataCall =>
  call.tag === 'write' ? { ...call, bytes: new Uint8Array(call.bytes.length) } : call;

/** All, nothing, all but the last half, the last alone, and the right lengths without the bytes. */
const dataChoices: readonly Choice<DataCall>[] = [
  (all) => all,
  () => [],
  (all) => [...all.slice(0, -1), ...all.slice(-1).map(halved)],
  (all) => all.slice(-1),
  (all) => all.map(blank),
];

type Names = Extract<Call, { readonly tag: 'names' }>;

/** All, nothing, all but one, one alone: in whatever order a disk keeps changes of names. */
const namesChoices = (pending: readonly Names[]): readonly (readonly Names[])[] => [
  pending,
  [],
  ...pending.map((_, i) => pending.filter((_, k) => k !== i)),
  ...pending.map((one) => [one]),
  [...pending].reverse(),
];

/** What the calls so far have made certain, and what is still under way. */
type Replayed = {
  readonly contents: Map<Inode, Uint8Array>;
  readonly pendingData: Map<Inode, DataCall[]>;
  readonly names: Map<string, Inode>;
  pendingNames: Names[];
};

const apply = (names: Map<string, Inode>, { set, gone }: Names): void => {
  for (const name of gone) names.delete(name);
  for (const [name, inode] of set) names.set(name, inode);
};

const replay = (calls: readonly Call[]): Replayed => {
  const disk: Replayed = {
    contents: new Map(),
    pendingData: new Map(),
    names: new Map(),
    pendingNames: [],
  };
  for (const call of calls)
    switch (call.tag) {
      case 'data':
        disk.pendingData.set(call.inode, [...(disk.pendingData.get(call.inode) ?? []), call.call]);
        break;
      case 'names':
        disk.pendingNames.push(call);
        break;
      case 'flush': {
        const pending = disk.pendingData.get(call.inode) ?? [];
        const before = disk.contents.get(call.inode) ?? new Uint8Array();
        disk.contents.set(call.inode, pending.reduce(applied, before));
        disk.pendingData.delete(call.inode);
        break;
      }
      case 'flush folder':
        for (const change of disk.pendingNames) apply(disk.names, change);
        disk.pendingNames = [];
        break;
      case 'begun':
      case 'saved':
        break;
    }
  return disk;
};

/** Every content that the folder may have when the power goes after these calls, each once. */
export const statesAfter = (calls: readonly Call[]): readonly Files[] => {
  const disk = replay(calls);
  const states = new Map<string, Files>();
  for (const changes of namesChoices(disk.pendingNames))
    for (const choose of dataChoices) {
      const names = new Map(disk.names);
      for (const change of changes) apply(names, change);
      const files = new Map(
        Array.from(names, ([name, inode]) => {
          const pending = choose(disk.pendingData.get(inode) ?? []);
          return [name, pending.reduce(applied, disk.contents.get(inode) ?? new Uint8Array())];
        }),
      );
      states.set(keyOf(files), files);
    }
  return [...states.values()];
};

const keyOf = (files: Files): string =>
  [...files]
    .map(([name, bytes]) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`)
    .sort()
    .join('\n');
