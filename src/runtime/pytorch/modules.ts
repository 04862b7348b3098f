/** The tensors of a state dict by the modules that they belong to. A state dict is a list of names, and no net. */
import type { Dtype, TensorInfo } from '../store/safetensors.ts';

/** What has weights of its own: `layer1.0.conv1` with `weight` and `bias`, or a parameter by itself. */
export type Module = {
  readonly name: string;
  /** by the last part of their names; a single tensor counts as `weight`, whatever it is called */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
};

const usual: ReadonlySet<string> = new Set(['weight', 'bias', 'running_mean', 'running_var']);

/** The formats that weights have. */
const weightFormats: readonly Dtype[] = ['F32', 'F16', 'BF16', 'F64'];

/** Whether a tensor may be a weight: integers are not, nor is what batch norms count, of whatever type. */
export const mayBeWeight = ({ name, dtype }: TensorInfo): boolean =>
  weightFormats.includes(dtype) && !/(^|\.)num_batches_tracked$/.test(name);

/** What DataParallel and torch.compile put in front of all names. */
const wrappers = /^(?:module\.|_orig_mod\.)*/;

/** What wrappers have put in front of every name, such as `module.`. */
export const prefixOf = (names: readonly string[]): string => {
  const [first = ''] = names;
  let prefix = wrappers.exec(first)?.[0] ?? '';
  while (!names.every((name) => name.startsWith(prefix))) prefix = prefix.replace(/[^.]*\.$/, '');
  return prefix;
};

const split = (name: string): readonly [module: string, last: string] => {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
};

/** `layer1.0.conv1` of `layer1.0.conv1.weight`; a parameter of another name than a layer's is a module of its own. */
export const moduleOf = (name: string): string => {
  const [module, last] = split(name);
  return usual.has(last) ? module : name;
};

/** Numbers within names count as numbers: `features.10` is behind `features.2`. */
const naturally = (a: string, b: string): number => {
  const [these, those] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (const [i, x] of these!.entries()) {
    const y = those![i];
    if (y === undefined) return 1;
    if (x === y) continue;
    const numbers = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : 0;
    if (numbers !== 0) return numbers;
    return x < y ? -1 : 1;
  }
  return these!.length - those!.length;
};

const byParts = (a: string, b: string): number => {
  const [these, those] = [a.split('.'), b.split('.')];
  for (const [i, x] of these.entries()) {
    const y = those[i];
    if (y === undefined) return 1;
    if (x !== y) return naturally(x, y);
  }
  return these.length - those.length;
};

const isSorted = (names: readonly string[], compare: (a: string, b: string) => number): boolean =>
  names.every((name, i) => i === 0 || compare(names[i - 1]!, name) < 0);

const byCode = (a: string, b: string): number => (a < b ? -1 : 1);

/**
 * Whether tensors lie in an order that somebody chose, as that of definition. `safetensors` sorts them, by type and
 * then by name, whatever order the state dict had.
 */
export const isChosenOrder = (tensors: readonly TensorInfo[]): boolean => {
  const formats = [...new Set(tensors.map((t) => t.dtype))];
  const byFormat = formats.map((f) => tensors.filter((t) => t.dtype === f).map((t) => t.name));
  const names = tensors.map((t) => t.name);
  return !byFormat.every((some) => isSorted(some, byCode)) && !isSorted(names, byParts);
};

/** Modules in natural order of their names, or in the order of their tensors if that was chosen. */
export const modulesOf = (
  tensors: readonly TensorInfo[],
  prefix: string,
  inOrder: boolean,
): readonly Module[] => {
  const found = new Map<string, Map<string, TensorInfo>>();
  for (const tensor of tensors) {
    const name = tensor.name.slice(prefix.length);
    const module = moduleOf(name);
    const own = found.get(module) ?? new Map<string, TensorInfo>();
    found.set(module, own.set(module === name ? 'weight' : split(name)[1], tensor));
  }
  const modules = Array.from(found, ([name, own]) => ({ name, tensors: own }));
  return inOrder ? modules : modules.sort((a, b) => byParts(a.name, b.name));
};
