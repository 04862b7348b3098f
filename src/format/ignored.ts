/** The patterns of `.gitignore` and `.prettierignore`, as git reads them (gitignore(5)). */

/** A line: what it matches, whether only folders, and whether what matches is taken back. */
type Pattern = {
  readonly matches: RegExp;
  readonly foldersOnly: boolean;
  readonly isBack: boolean;
};

/** `*`, `?`, `[a-z]`, and what a `\` or a regular expression makes of other characters. */
const wild = /\\(.)|\[(!?)([^\]]+)\]|([*?])|([.+^${}()|[\]\\])/g;

const literal = (character: string): string =>
  /[\w\s]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** A part of a pattern between two `/`. */
const partOf = (glob: string): string =>
  glob.replaceAll(
    wild,
    (_, plain?: string, not?: string, of?: string, sign?: string, other = '') => {
      if (plain !== undefined) return literal(plain);
      if (of !== undefined)
        return `[${not === '!' ? '^' : ''}${of.replaceAll(/[\\[\]^]/g, '\\$&')}]`;
      if (sign !== undefined) return sign === '*' ? '[^/]*' : '[^/]';
      return literal(other);
    },
  );

/** A line as a pattern; none for an empty one, a comment, and one that no path can match. */
const patternsOf = (line: string): readonly Pattern[] => {
  const written = line.replace(/(?<!\\)\s+$/, '');
  if (written === '' || written.startsWith('#')) return [];
  const isBack = written.startsWith('!');
  const glob = written.slice(isBack ? 1 : 0);
  const body = glob.replace(/\/$/, '');
  // one with a `/` inside holds from the folder of the file on, others at any depth
  const path = body
    .replace(/^\//, '')
    .split('/')
    .map((part) => (part === '**' ? part : partOf(part)))
    .join('/')
    .replaceAll(/(^|\/)\*\*\//g, '$1(?:.*/)?')
    .replace(/\/\*\*$/, '/.+')
    .replace('**', '.+');
  try {
    const matches = new RegExp(`^${body.includes('/') ? '' : '(?:.*/)?'}${path}$`, 'u');
    return [{ matches, foldersOnly: glob.endsWith('/'), isBack }];
  } catch {
    return []; // such as `[z-a]`
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
        ({ matches, foldersOnly }) => (!foldersOnly || at !== path) && matches.test(at),
      );
      return last?.isBack === false;
    });
};
