/** The patterns of `.gitignore` and `.prettierignore`, as git reads them (gitignore(5)). */

/** A piece that takes any number of items. */
const star = Symbol('any number of items');

/** Takes one character of a name. */
type Sign = (character: string) => boolean;
/** What a name between two `/` is made of. */
type Part = readonly (Sign | typeof star)[];

/** A line: what it matches, whether only folders, and whether what matches is taken back. */
type Pattern = {
  readonly parts: readonly (Part | typeof star)[];
  readonly foldersOnly: boolean;
  readonly isBack: boolean;
};

/**
 * Do the items fit the pieces, one by one? What follows a star is tried where the star has taken nothing, then one
 * item, and so on; a later star makes the earlier ones final. So the time is at most the product of the two lengths.
 */
const fitsAll = <Piece, Item>(
  pieces: readonly (Piece | typeof star)[],
  items: readonly Item[],
  fits: (piece: Piece, item: Item) => boolean,
): boolean => {
  let [at, item] = [0, 0];
  let retry: { readonly at: number; item: number } | undefined;
  while (item < items.length) {
    const piece = pieces[at];
    if (piece === star) {
      at++;
      retry = { at, item };
    } else if (piece !== undefined && fits(piece, items[item]!)) {
      at++;
      item++;
    } else if (retry === undefined) return false;
    else {
      retry.item++;
      ({ at, item } = retry);
    }
  }
  return pieces.slice(at).every((piece) => piece === star);
};

const partFits = (part: Part, name: string): boolean =>
  fitsAll<Sign, string>(part, [...name], (sign, character) => sign(character));

/** A character behind `\`, a set, and another character. */
const written = /\\(.)|\[(!?)([^\]]+)\]|(.)/gsu;
/** The same where no set can end. */
const writtenWithoutSets = /\\(.)|()()(.)/gsu;

const equal =
  (to: string): Sign =>
  (character) =>
    character === to;

const oneOf = (not: string, characters: string): Sign => {
  const set = `[${not === '!' ? '^' : ''}${characters.replaceAll(/[\\[\]^]/g, '\\$&')}]`;
  const tests = new RegExp(set, 'u');
  return (character) => tests.test(character);
};

/** A part of a pattern between two `/`. Throws a `SyntaxError` for a set such as `[z-a]`. */
const partOf = (glob: string): Part => {
  const end = glob.lastIndexOf(']') + 1;
  const found = [
    ...glob.slice(0, end).matchAll(written),
    ...glob.slice(end).matchAll(writtenWithoutSets),
  ];
  return found.map(([, plain, not, set, other]) => {
    if (plain !== undefined) return equal(plain);
    if (set) return oneOf(not ?? '', set);
    if (other === '*') return star;
    if (other === '[') return () => false; // as git reads a set without an end
    return other === '?' ? () => true : equal(other!);
  });
};

/** A line without the space at its end, unless a `\` stands before it. */
const trimmed = (line: string): string => {
  const short = line.trimEnd();
  return short.endsWith('\\') ? line.slice(0, short.length + 1) : short;
};

/** A line as a pattern; none for an empty one, a comment, and one that no path can match. */
const patternsOf = (text: string): readonly Pattern[] => {
  const line = trimmed(text);
  if (line === '' || line.startsWith('#')) return [];
  const isBack = line.startsWith('!');
  const glob = line.slice(isBack ? 1 : 0);
  const body = glob.replace(/\/$/, '');
  // one with a `/` inside holds from the folder of the file on, others at any depth
  const names = [...(body.includes('/') ? [] : ['**']), ...body.replace(/^\//, '').split('/')];
  // `a/**` is what lies in `a`, and not `a` itself
  if (names.at(-1) === '**') names.push('*');
  try {
    const parts = names.map((name) => (name === '**' ? star : partOf(name)));
    return [{ parts, foldersOnly: glob.endsWith('/'), isBack }];
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return []; // such as `[z-a]`
    throw thrown;
  }
};

/** The folders around a path, the outermost first, and the path itself. */
const wayTo = (path: string): readonly string[] => {
  const names = path.split('/');
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
};

/**
 * Which files a text of patterns leaves out, by their paths from its folder, with `/`. The last pattern that matches
 * counts; what lies in a folder that is left out is not taken back.
 */
export const ignoring = (text: string): ((path: string) => boolean) => {
  const patterns = text.split(/\r?\n/).flatMap(patternsOf);
  return (path) =>
    wayTo(path).some((at) => {
      const last = patterns.findLast(
        ({ parts, foldersOnly }) =>
          (!foldersOnly || at !== path) && fitsAll<Part, string>(parts, at.split('/'), partFits),
      );
      return last?.isBack === false;
    });
};
