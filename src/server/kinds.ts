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

/** The last name of a word, without a size at its end. */
const stemOf = ({ word }: Chain): string => {
  const { text } = lastOf(word);
  return splitSize(text)?.stem ?? text;
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
      return kindOfWord(stemOf(expr));
    default:
      return undefined;
  }
};

/** Operators are layers, wherever they are written. */
export const kindOfOperator: KindOfWord = (text) => (table.has(text) ? 'layer' : undefined);

/** Whether a body applies a parameter: it stands where a layer does, and not as a number of one. */
export const takesLayer = (body: Expr, parameter: string): boolean => {
  const isIt = (expr: Expr): boolean => expr.tag === 'chain' && stemOf(expr) === parameter;
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
  { body }: Definition,
  parameter: Parameter,
  kindOfWord: KindOfWord,
): Kind | undefined => {
  if (parameter.tag === 'rest') return undefined;
  const { name, default: fallback } = parameter;
  const told = fallback && kindOf(fallback, kindOfWord);
  return told ?? (takesLayer(body, name.text) ? 'layer' : 'number');
};
