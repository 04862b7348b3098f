/** The programs and sources that the rest of an installation needs. They are looked for before anything is fetched. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Parcel } from './catalogue.ts';
import type { Order } from './order.ts';
import { byIndex, byNpm, byPip, publicIndex, type Source } from './sources.ts';
import { findCompiler, findNpm, findPip, type Tool } from './tools.ts';

/** What works on the parcels that are not there yet. */
export type Means = {
  readonly compiler: Tool | undefined; // where nothing is built
  readonly sources: { readonly [kind in Parcel['source']]?: Source };
};

/** pip where there is one, which knows the proxies and mirrors of its user; an index that is named is asked itself. */
const wheelSource = async ({ env, index, patience, signal }: Order): Promise<Source> => {
  if (index !== undefined) return byIndex(index, patience);
  const pip = await findPip({ env, signal });
  return pip === undefined ? byIndex(publicIndex, patience) : byPip(pip, env);
};

/** The means for these parcels, or the first that is missing (E0712). */
export const meansFor = async (
  outstanding: readonly Parcel[],
  order: Order,
): Promise<Either<Diagnostic, Means>> => {
  const { env, signal, build } = order;
  const compiler = build.compiles ? await findCompiler({ env, signal }) : undefined;
  if (compiler !== undefined && E.isLeft(compiler)) return compiler;
  const wanted = new Set(outstanding.map(({ source }) => source));
  const npm = wanted.has('npm') ? await findNpm({ env, signal }) : undefined;
  if (npm !== undefined && E.isLeft(npm)) return npm;
  return E.right({
    compiler: compiler?.right,
    sources: {
      ...(npm === undefined ? {} : { npm: byNpm(npm.right, env) }),
      ...(wanted.has('wheel') ? { wheel: await wheelSource(order) } : {}),
    },
  });
};
