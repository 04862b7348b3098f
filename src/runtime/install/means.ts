/** The programs and sources that the rest of an installation needs. They are looked for before anything is fetched. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Caller } from '../engines/host.ts';
import type { Parcel } from './catalogue.ts';
import { folderIn, wholeIn } from './installed.ts';
import type { Order } from './order.ts';
import type { Surroundings } from './process.ts';
import { byIndex, byNpm, byPip, publicIndex, type Source } from './sources.ts';
import { findCompiler, findNpm, findPip, type Tool } from './tools.ts';

/** What works on the parcels that are not there yet. */
export type Means = {
  readonly compiler: Tool | undefined; // where the addon is to be built
  readonly sources: { readonly [kind in Parcel['source']]?: Source };
};

/** pip where there is one, which knows the proxies and mirrors of its user; an index that is named is asked itself. */
const wheelSource = async ({ env, index, patience, signal }: Order): Promise<Source> => {
  if (index !== undefined) return byIndex(index, patience);
  const pip = await findPip({ env, signal });
  return pip === undefined ? byIndex(publicIndex, patience) : byPip(pip, env);
};

/**
 * What is to call the library: what calls that which is there already; or the addon, where a compiler can build it or is
 * named by CXX; or koffi.
 */
export const callerFor = async (
  { cache, build }: Pick<Order, 'cache' | 'build'>,
  around: Surroundings,
): Promise<Caller['by']> => {
  const there = wholeIn(folderIn(cache, build));
  const before = there !== undefined && E.isRight(there) ? there.right.caller : undefined;
  if (before !== undefined) return before.by;
  const isNamed = (around.env['CXX'] ?? '').trim() !== '';
  return isNamed || E.isRight(await findCompiler(around)) ? 'addon' : 'koffi';
};

/** The means for these parcels, or the first that is missing (E0712). */
export const meansFor = async (
  outstanding: readonly Parcel[],
  order: Order,
): Promise<Either<Diagnostic, Means>> => {
  const { env, signal, by } = order;
  const compiler = by === 'addon' ? await findCompiler({ env, signal }) : undefined;
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
