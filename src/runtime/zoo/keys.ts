/** Recognises torchvision's networks by the names in a weight file. */
import { type Model, zoo } from './zoo.ts';

/** The network whose modules the keys name, or most of them. */
export const modelOfKeys = (keys: Iterable<string>): Model | undefined => {
  const found = new Set(Array.from(keys, moduleOf));
  const scored = zoo.map((model) => ({ model, score: likeness(model, found) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0.5 ? best.model : undefined;
};

/**
 * The network of a file whose keys all have something in front, as those of a module inside another have:
 * `module.features.0.weight`, and perhaps nothing.
 */
export const prefixedModel = (
  keys: readonly string[],
): { readonly model: Model; readonly prefix: string } | undefined => {
  const [first = ''] = keys;
  for (let prefix = ''; keys.every((key) => key.startsWith(prefix));) {
    const model = modelOfKeys(keys.map((key) => key.slice(prefix.length)));
    if (model !== undefined) return { model, prefix };
    const end = first.indexOf('.', prefix.length) + 1;
    if (end === 0) return undefined;
    prefix = first.slice(0, end);
  }
  return undefined;
};

/** The DenseNets on pytorch.org have `denselayer1.norm.1`, which torchvision itself renames when it loads them. */
export const todaysName = (key: string): string =>
  key.replace(/(\.denselayer\d+\.(?:norm|conv))\.(\d+\.)/, '$1$2');

/** `layer1.0.conv1.weight` belongs to the module `layer1.0.conv1`. */
export const moduleOf = (key: string): string => {
  const name = todaysName(key);
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
};

/** The similarity of a network and a file, from 0 to 1 (Jaccard); heads on the side may be missing. */
const likeness = ({ modules, side }: Model, found: ReadonlySet<string>): number => {
  const here = side.filter((m) => found.has(m));
  const shared = modules.filter((m) => found.has(m)).length + here.length;
  return shared / (modules.length + here.length + found.size - shared);
};

/** By torchvision’s own name, `vgg16`. */
export const modelNamed = (name: string): Model | undefined => zoo.find((m) => m.name === name);
