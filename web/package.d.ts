/** What scripts/build-web.mjs takes from the package of netc. */
declare module 'netc:package' {
  /** texts by their paths from the root of the package */
  export const pages: { readonly [path: string]: string };
}
