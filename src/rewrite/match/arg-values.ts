/** Arguments of the graph as values of the language, in a normal form: equal arguments have equal values. */
import { isPolynomial } from '../../size/channels.ts';
import { absurd } from '../../diagnostic/bug.ts';
import { isExtent, isRange } from '../../ops/parts/args.ts';
import type { ArgValue, OpParam } from '../../ops/params.ts';
import { sameAxis } from '../../ops/types.ts';
import { flag, countValue, integer, type Value } from '../../typecheck/expr/values.ts';

/** A square size and equal sides are a number: `3x3` is `3`, and `[1, 1, 1, 1]` is `1`. */
export const normal = (v: Value): Value => {
  if (v.tag === 'extent') return v.h === v.w ? integer(v.h) : v;
  if (v.tag !== 'list') return v;
  const items = v.items.map(normal);
  const [first] = items;
  const same = first !== undefined && items.every((item) => equalValues(item, first));
  if (same) return first;
  const [a, b] = items;
  // two numbers are before and after, as in the language
  return items.length === 2 && a !== undefined && b !== undefined
    ? { tag: 'list', items: [a, b, a, b] }
    : { tag: 'list', items };
};

/** The value of an argument; its parameter decides whether a number is an integer. */
export const valueOfArg = (param: OpParam, v: ArgValue): Value => {
  switch (typeof v) {
    case 'number':
      return { tag: 'number', value: v, integer: param.kind.tag !== 'real' };
    case 'boolean':
      return flag(v);
    case 'string':
      return { tag: 'builtin', name: v };
    default:
      if (isExtent(v)) return normal({ tag: 'extent', h: v.h, w: v.w });
      if (isPolynomial(v)) return countValue(v);
      if (isRange(v)) return { tag: 'range', from: v.from, to: v.to };
      return normal({ tag: 'list', items: [v.top, v.bottom, v.left, v.right].map(integer) });
  }
};

/** Both in normal form. Numbers are compared by value. */
export const equalValues = (a: Value, b: Value): boolean => {
  switch (a.tag) {
    case 'number':
      return b.tag === 'number' && a.value === b.value;
    case 'flag':
      return b.tag === 'flag' && a.value === b.value;
    case 'string':
      return b.tag === 'string' && a.value === b.value;
    case 'builtin':
      return b.tag === 'builtin' && a.name === b.name;
    case 'extent':
      return b.tag === 'extent' && a.h === b.h && a.w === b.w;
    case 'range':
      return b.tag === 'range' && a.from === b.from && a.to === b.to;
    case 'list':
      return (
        b.tag === 'list' &&
        a.items.length === b.items.length &&
        a.items.every((item, i) => equalValues(item, b.items[i]!))
      );
    case 'pixels':
      return b.tag === 'pixels' && sameAxis(a.axis, b.axis);
    case 'count':
    case 'callable':
    case 'layer':
    case 'fact':
    case 'sizes':
    case 'rewrite':
    case 'protocol':
    case 'unknown':
      return false;
    default:
      return absurd(a);
  }
};

/** Whether two arguments of the graph are equal. */
export const equalArgs = (
  param: OpParam,
  a: ArgValue | undefined,
  b: ArgValue | undefined,
): boolean =>
  a === undefined || b === undefined
    ? a === b
    : equalValues(valueOfArg(param, a), valueOfArg(param, b));
