/** The grammar as text, rendered from the parser itself: `grammar/net.ebnf`. */
import type { ISerializedGast } from 'chevrotain';
import { Grammar } from './grammar.ts';
import * as T from '../text/tokens.ts';

const preamble = `(* The grammar of .net, written from the parser by \`node scripts/grammar.mjs\`; do not edit.

   NAME       a letter or _, then letters, digits and _; not a reserved word, x or _
   NUMBER     7, 1_000, 0.5, 1e-4
   SIZE       3x3, 1x7
   STRING     "…" on one line, with \\" \\\\ \\n \\t \\u{e9}
   LINEBREAK  a line break directly inside the braces of layers, train or eval, where what precedes can
              end a part and what follows can begin one; inside braces of a clause also a ;
   --         begins a comment

   A link touches: no space stands around its - or / nor before its ( and the word before.
   A NAME before : is a label unless [ or _ follows; then a type follows.

   INFIX signs and what binds tighter, loosest first:
     |    or    and    not    == != < <= > >=    ..    + -    * /    -f  name: f  f as a  3x f
   Comparisons and .. do not chain. The parser keeps + - * / flat: their kinds decide the rest. *)
`;

const definitionOf = (parts: readonly ISerializedGast[]): string => parts.map(render).join(', ');

type WithDefinition = ISerializedGast & { readonly definition: readonly ISerializedGast[] };
const hasDefinition = (gast: ISerializedGast): gast is WithDefinition => 'definition' in gast;
type Named = ISerializedGast & { readonly name: string };
const isNamed = (gast: ISerializedGast): gast is Named => 'name' in gast;

const labels = new Map(T.vocabulary.map((type) => [type.name, type.LABEL ?? type.name]));

const render = (gast: ISerializedGast): string => {
  const inside = hasDefinition(gast) ? gast.definition : [];
  const { type } = gast;
  if (type === 'Terminal') return isNamed(gast) ? (labels.get(gast.name) ?? gast.name) : '';
  if (type === 'NonTerminal') return isNamed(gast) ? gast.name : '';
  if (type === 'Option') return `[ ${definitionOf(inside)} ]`;
  if (type === 'Repetition') return `{ ${definitionOf(inside)} }`;
  if (type === 'Alternation') {
    const choices = [...new Set(inside.map(render))];
    return choices.length === 1 ? choices[0]! : `( ${choices.join(' | ')} )`;
  }
  return definitionOf(inside); // an alternative
};

const columns = 100;

/** A rule as text. Alternatives that do not fit on one line stand below each other. */
const ruleText = (rule: WithDefinition & Named): string => {
  const line = `${rule.name} = ${definitionOf(rule.definition)};`;
  const [only] = rule.definition;
  if (line.length <= columns || rule.definition.length > 1 || only === undefined) return line;
  if (only.type !== 'Alternation' || !hasDefinition(only)) return line;
  return `${rule.name} =\n    ${only.definition.map(render).join('\n  | ')};`;
};

/** The whole file; its preamble says in words what the lexer does. */
export const grammarText = (): string => {
  const rules = new Grammar(false).getSerializedGastProductions();
  const infix = T.vocabulary.filter((type) => type.CATEGORIES?.includes(T.Infix));
  const signs = infix.map((type) => type.LABEL ?? type.name).join(' | ');
  const texts = rules.flatMap((rule) =>
    hasDefinition(rule) && isNamed(rule) ? [ruleText(rule)] : [],
  );
  const [file, ...others] = texts.sort(
    (a, b) => Number(b.startsWith('file')) - Number(a.startsWith('file')),
  );
  return `${[preamble, file, ...others, `WORD = NAME | NAME.NAME;`, `INFIX = ${signs};`].join('\n')}\n`;
};
