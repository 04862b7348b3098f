/** How the TextMate grammar takes texts apart, by the engine that VS Code has. */
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

/** A part of a line and what it is, from the loosest to the tightest. */
export type Token = { readonly text: string; readonly scopes: readonly string[] };

/** The engine of regular expressions, in the package `vscode-oniguruma`. */
export const engine = 'vscode-oniguruma/release/onig.wasm';

/** Reads a grammar with the bytes of `engine`; the result takes a text apart, by lines. */
export const tokensBy = async (
  grammar: string,
  wasm: Uint8Array,
): Promise<(text: string) => readonly (readonly Token[])[]> => {
  await oniguruma.loadWASM({ data: wasm });
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(grammar, 'net.json'),
  });
  const loaded = await registry.loadGrammar('source.net');
  if (loaded === null) throw new Error('the grammar has another name');
  return (text) => {
    let stack = textmate.INITIAL;
    return text.split('\n').map((line) => {
      const { tokens, ruleStack } = loaded.tokenizeLine(line, stack);
      stack = ruleStack;
      return tokens.map(({ startIndex, endIndex, scopes }) => ({
        text: line.slice(startIndex, endIndex),
        scopes: scopes.slice(1).map((scope) => scope.replace(/\.net$/, '')),
      }));
    });
  };
};

/** A letter for each scope that colours something. */
export const letters: ReadonlyMap<string, string> = new Map([
  ['comment.line.double-dash', '-'],
  ['string.quoted.double', 's'],
  ['constant.character.escape', 'e'],
  ['keyword.declaration', 'D'],
  ['entity.name.function', 'F'],
  ['entity.name.type', 'T'],
  ['storage.modifier', 'M'],
  ['constant.numeric', '0'],
  ['support.type.property-name', 'C'],
  ['keyword.control', 'I'],
  ['keyword.other', 'K'],
  ['keyword.operator.repeat', 'x'],
  ['keyword.operator', '+'],
  ['variable.other', '@'],
  ['variable.parameter', '='],
  ['entity.name.tag', ':'],
  ['support.function', 'o'],
  ['variable.function', 'v'],
  ['punctuation.separator', ','],
]);

const letterOf = ({ scopes }: Token): string => {
  const scope = scopes.filter((name) => !name.startsWith('meta.')).at(-1);
  if (scope === undefined) return scopes.length === 0 ? ' ' : '.';
  const letter = letters.get(scope);
  if (letter === undefined) throw new Error(`${scope} has no letter`);
  return letter;
};

/** Each line of the text, and below it the letters of its characters. */
export const lettered = (lines: readonly (readonly Token[])[]): string =>
  lines
    .flatMap((tokens) => {
      const text = tokens.map((token) => token.text).join('');
      const marks = tokens.map((token) => letterOf(token).repeat(token.text.length)).join('');
      return marks.trim() === '' ? [text] : [text, marks.trimEnd()];
    })
    .join('\n');
