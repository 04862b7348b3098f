/** Weights of one net for another whose layers have the same paths: they go by these, whatever the nets are called. */
import type { GraphWeight } from '../../graph/graph.ts';
import { withoutNet } from '../../protocol/selection.ts';
import type { TensorInfo, Weights } from '../../runtime/store/safetensors.ts';
import { netsIn } from '../../runtime/store/layers.ts';
import { weightsAmong } from '../../runtime/store/training-state.ts';

/** The weights of a file under the names that a net has for them, if the file is of one net and that is another. */
export const withNetOf = <W extends Pick<Weights, 'path' | 'tensors' | 'read'>>(
  file: W,
  wanted: readonly GraphWeight[],
): W => {
  const nets = netsIn(file.tensors);
  const own = new Set(wanted.map(({ path }) => path.slice(0, path.indexOf('/'))));
  const [net, ...others] = own;
  if (net === undefined || others.length > 0 || nets.length !== 1 || own.has(nets[0]!)) return file;
  const renamed = (name: string): string => `${net}/${withoutNet(name)}`;
  const names = new Map<string, string>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, info] of weightsAmong(file.tensors)) {
    names.set(renamed(name), name);
    tensors.set(renamed(name), info);
  }
  return { ...file, tensors, read: (name) => file.read(names.get(name) ?? name) };
};
