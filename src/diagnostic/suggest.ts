/** Which known names a mistyped one may have meant. */

/**
 * The edits (insert, delete, replace, swap of neighbours) that lead from `a` to `b`, or `limit + 1` when
 * there are more than `limit`: the optimal string alignment of Damerau and Levenshtein.
 */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let twoBack: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? twoBack[j - 2]! + 1
          : Infinity;
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced, swapped));
    }
    if (Math.min(...row) > limit) return limit + 1;
    twoBack = previous;
    previous = row;
  }
  return previous[b.length]!;
};

/** Letter case and `_` are what people remember least. */
const folded = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/** One edit for every three letters, and always fewer edits than letters. */
const allowance = (name: string): number =>
  name.length < 2 ? 0 : Math.max(1, Math.floor(name.length / 3));

/** At most this many are worth offering. */
const most = 3;

/** A name longer than this is not a typing error, and would take long to compare. */
const longest = 64;

/** A generated program may have a hundred thousand names, and as many mistakes. */
const mostCandidates = 2_000;

/** The candidates close to `name`, the closest first, of equals in the order given; never `name` itself. */
export const near = (name: string, candidates: Iterable<string>): readonly string[] => {
  if (name.length > longest) return [];
  const limit = allowance(name);
  const close: { readonly candidate: string; readonly edits: number }[] = [];
  const seen = new Set<string>();
  for (const candidate of candidates) {
    if (seen.size === mostCandidates) break;
    if (candidate === name || candidate.length === 0 || seen.has(candidate)) continue;
    seen.add(candidate);
    const same = folded(candidate) === folded(name);
    const edits = same ? 0 : distance(folded(name), folded(candidate), limit);
    if (edits <= limit) close.push({ candidate, edits });
  }
  return close
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map((c) => c.candidate);
};

/**
 * Whether a word looks like a name that was mistyped, and not like the name of a relative: no letters more at one end,
 * at most one letter replaced, and none in a word of three letters or fewer.
 */
export const isSlip = (word: string, name: string): boolean => {
  const [a, b] = [folded(word), folded(name)];
  if (a === b) return true;
  if (a.includes(b) || b.includes(a)) return Math.abs(a.length - b.length) < 2;
  if (a.length !== b.length) return true;
  const apart = [...a].flatMap((letter, i) => (letter === b[i] ? [] : [i]));
  const [i, j] = apart;
  const swapped = apart.length === 2 && a[i!] === b[j!] && a[j!] === b[i!];
  return swapped || (apart.length === 1 && a.length > 3);
};
