/**
 * What a checkpoint holds beside the weights of a net. Its tensors that are not weights, what an optimiser keeps, have
 * names that begin with `training:`; no path of a weight has a colon, so whoever wants weights tells them by their names.
 */
const prefix = 'training:';

/** The metadata of a checkpoint: how far training is, and the sum of the whole file. */
export const progressKey = 'netc.training';
export const sumKey = 'netc.sha256';

/** The name in the file of what a training keeps under this path. */
export const stateName = (path: string): string => prefix + path;

/** The path of what a training keeps under this name; undefined for a weight. */
export const statePath = (name: string): string | undefined =>
  name.startsWith(prefix) ? name.slice(prefix.length) : undefined;

/** The tensors of a weight file that are weights. */
export const weightsAmong = <A>(tensors: ReadonlyMap<string, A>): ReadonlyMap<string, A> =>
  new Map([...tensors].filter(([name]) => statePath(name) === undefined));

/** The metadata for a file that is made of a checkpoint and is not one. */
export const withoutTraining = (
  metadata: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> =>
  new Map([...metadata].filter(([key]) => key !== progressKey && key !== sumKey));
