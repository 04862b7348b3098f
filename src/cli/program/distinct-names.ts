/** Names of files and folders that differ on disks that take `A1` and `a1` for one, as macOS and Windows do. */

/** The names in order; one that an earlier one is taken for gets a number, which no name of a program ends with. */
export const distinctNames = (names: readonly string[]): readonly string[] => {
  const taken = new Map<string, number>();
  return names.map((name) => {
    const folded = name.toLowerCase();
    const count = (taken.get(folded) ?? 0) + 1;
    taken.set(folded, count);
    return count === 1 ? name : `${name}-${count}`;
  });
};
