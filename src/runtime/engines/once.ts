/** The same promise for every caller. */
export const once = <A>(load: () => Promise<A>): (() => Promise<A>) => {
  let loading: Promise<A> | undefined;
  return () => (loading ??= load());
};
