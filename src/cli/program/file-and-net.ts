/** A declaration of a file, named at the command line: `FILE.net:NAME`. */

/** A file and optionally a name in it; any other colon belongs to the path. Undefined when no file is named. */
export const namedIn = (
  text: string,
): { readonly file: string; readonly name: string | undefined } | undefined => {
  const match = /^(.*\.net)(?::([A-Za-z_][A-Za-z0-9_]*))?$/s.exec(text);
  return match === null ? undefined : { file: match[1]!, name: match[2] };
};
