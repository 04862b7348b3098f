/** Pages of docs/ whose tables are made from what was computed or measured. */

/** The page with each part put behind its marker, up to the next `<!-- end -->`; what a person wrote stays. */
export const withParts = (page: string, parts: { readonly [marker: string]: string }): string =>
  Object.entries(parts).reduce(
    (text, [marker, part]) =>
      text.replace(
        new RegExp(`(<!-- ${marker} -->\\n)[^]*?(<!-- end -->)`),
        (_, begin: string, end: string) => `${begin}\n${part}\n\n${end}`,
      ),
    page,
  );
