/** What a name stands for, a layer or a number, as far as the text tells. */
import { table } from '../ops/table.ts';
import type { Definition, Expr, Parameter } from '../syntax/tree.ts';
import { partsOf } from '../syntax/walk.ts';
import { splitSize } from '../typecheck/expr/split-size.ts';
import { lastOf } from './meaning.ts';

export type Kind = 'layer' | 'number';

/** What a word means; undefined where that is not known. */
type KindOfWord = (text: string) => Kind | undefined;

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** The last name of a word as it may be meant: whole, and then without a size at its end. */
const wordsOf = ({ word }: Chain): readonly string[] => {
  const { text } = lastOf(word);
  const parts = splitSize(text);
  return parts === undefined ? [text] : [text, parts.stem];
};

/** What an expression is, whatever stands around it. */
export const kindOf = (expr: Expr, kindOfWord: KindOfWord): Kind | undefined => {
  switch (expr.tag) {
    case 'number':
    case 'size':
    case 'string':
    case 'list':
    case 'range':
    case 'negate':
    case 'compare':
    case 'not':
    case 'and':
    case 'or':
      return 'number';
    case 'sequence':
      return expr.steps.length === 1 ? kindOf(expr.steps[0]!, kindOfWord) : 'layer';
    case 'beside':
    case 'block':
    case 'label':
    case 'also':
    case 'as':
    case 'recall':
    case 'ascribe':
    case 'with':
      return 'layer';
    case 'group':
    case 'where':
      return kindOf(expr.body, kindOfWord);
    case 'times':
      return kindOf(expr.body, kindOfWord);
    case 'if':
      return kindOf(expr.then, kindOfWord) ?? kindOf(expr.else, kindOfWord);
    case 'run': {
      const kinds = expr.operands.map((operand) => kindOf(operand, kindOfWord));
      return kinds.includes('layer') ? 'layer' : kinds.includes('number') ? 'number' : undefined;
    }
    case 'chain':
      return wordsOf(expr).reduce<Kind | undefined>(
        (found, text) => found ?? kindOfWord(text),
        undefined,
      );
    default:
      return undefined;
  }
};

/** Operators are layers, wherever they are written. */
export const kindOfOperator: KindOfWord = (text) => (table.has(text) ? 'layer' : undefined);

/** Whether a definition applies a parameter: it stands where a layer does, and not as a number of one. */
export const takesLayer = ({ body, parameters }: Definition, parameter: string): boolean => {
  const own = new Set(parameters.map(({ name }) => name.text));
  const isIt = (expr: Expr): boolean =>
    expr.tag === 'chain' && wordsOf(expr).find((text) => own.has(text)) === parameter;
  const stands = (expr: Expr): boolean => {
    switch (expr.tag) {
      case 'sequence':
        return expr.steps.some((step) => isIt(step) || stands(step));
      case 'beside':
        return expr.branches.some((branch) => isIt(branch) || stands(branch));
      case 'block':
      case 'label':
      case 'also':
      case 'as':
      case 'ascribe':
        return isIt(expr.body) || stands(expr.body);
      case 'run':
        return (
          kindOf(expr, kindOfOperator) === 'layer' &&
          expr.operands.some((o) => isIt(o) || stands(o))
        );
      case 'times':
        return (
          kindOf(expr.body, kindOfOperator) !== 'number' && (isIt(expr.body) || stands(expr.body))
        );
      default:
        return partsOf(expr).some(stands);
    }
  };
  return stands(body);
};

/** What a parameter is: as its default is, or as the body uses it. */
export const kindOfParameter = (
  definition: Definition,
  parameter: Parameter,
  kindOfWord: KindOfWord,
): Kind | undefined => {
  if (parameter.tag === 'rest') return undefined;
  const { name, default: fallback } = parameter;
  const told = fallback && kindOf(fallback, kindOfWord);
  return told ?? (takesLayer(definition, name.text) ? 'layer' : 'number');
};
