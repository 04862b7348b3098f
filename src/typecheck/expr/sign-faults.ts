/** Signs between layers that only numbers have, and numbers among layers: what was meant, in words. */
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { exampleLayer, identity, scaling } from '../../ops/roles.ts';
import { across, type Span } from '../../syntax/source.ts';
import type { Link, Sign } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { Context } from './context.ts';
import type { Flat, Term } from './infix.ts';
import { kindOf } from './kind.ts';
import { meaningOf } from './names.ts';
import type { Scope } from './values.ts';

const { name: scale } = scaling;

/** Whether a word could take a number behind `/`: a stride. */
const takesStride = (cx: Context, { expr }: Term, scope: Scope): boolean => {
  if (expr.tag !== 'chain') return false;
  const { value } = meaningOf(cx, expr.word, scope);
  if (value.tag !== 'callable') return value.tag === 'unknown';
  return (
    value.callee.tag === 'definition' || value.callee.row.params.some((p) => p.name === 'stride')
  );
};

/** Whether a word may have one more argument behind the sign: `conv3 - 64`, and not `conv3-64 - 2`. */
const mayTake = (links: readonly Link[], sign: Sign): boolean =>
  links.every(({ tag }) => tag !== sign && (tag !== 'call' || sign === '/'));

/** A layer and then a factor, in the place of a product with a number. */
const scaled = (layers: string, factor: string, at: Span): Fix => {
  const behind = `${scale}(${factor})`;
  const written = layers === identity.name ? behind : `(${layers}; ${behind})`;
  return replace(`write \`${written}\``, at, written);
};

const factorOf = (written: string): string => (/^[\w.]+$/.test(written) ? written : `(${written})`);

/** The report for the sign number `i` of a run of layers, which is `-` or `/`. */
export const strangeSign = (cx: Context, flat: Flat, i: number, scope: Scope): Diagnostic => {
  const { sign, span } = flat.signs[i]!;
  const [left, right] = [flat.terms[i]!, flat.terms[i + 1]!];
  const message = `\`${sign}\` has no meaning between layers`;
  const isNumber = kindOf(cx, right.expr, scope) === 'number';
  const isWord = left.expr.tag === 'chain' && mayTake(left.expr.links, sign);
  const whole = across(left.span, right.span);
  if (isNumber && isWord && (sign === '-' || takesStride(cx, left, scope)))
    return error('E0317', span, message, {
      label: 'touching the word, it would be an argument',
      notes: [`paper notation has no spaces: \`${exampleLayer}/2\``],
      fixes: [
        replace(
          'remove the spaces',
          { ...span, start: left.span.end, end: right.span.start },
          sign,
        ),
      ],
    });
  const [layers, number] = [cx.text(left.span), cx.text(right.span)];
  if (isNumber)
    return error('E0317', span, message, {
      label: sign === '/' ? 'only numbers are divided' : 'only numbers are subtracted',
      notes: [`\`${scale}(0.5)\` multiplies by a number; nothing adds one`],
      fixes: sign === '/' ? [scaled(layers, `1.0/${factorOf(number)}`, whole)] : [],
    });
  const binds = ['*', '/'].includes(flat.signs[i + 1]?.sign ?? '');
  const minus = `+ (${inside(right, cx)}; ${scale}(-1))`;
  return error('E0317', span, message, {
    label:
      sign === '-'
        ? 'layers are added, multiplied or put side by side'
        : 'only numbers are divided',
    notes: [
      sign === '-'
        ? `\`f + (g; ${scale}(-1))\` is the output of \`f\` less that of \`g\``
        : 'branches are joined by `+`, `*` and `|`',
    ],
    fixes:
      sign === '-' && !binds
        ? [replace(`write \`${minus}\``, across(span, right.span), minus)]
        : [],
  });
};

const inside = ({ expr, span }: Term, cx: Context): string =>
  expr.tag === 'group' && ['chain', 'sequence'].includes(throughGroups(expr).tag)
    ? cx.text(throughGroups(expr).span)
    : cx.text(span);

/** `3x f`; a layer of several words has parentheses already. */
const repeated = ({ expr, span }: Term, count: string, cx: Context): string =>
  expr.tag === 'chain' || expr.tag === 'group'
    ? `${count}x ${cx.text(span)}`
    : `${count}x (${cx.text(span)})`;

/** `conv3-2*c`: the number behind `-` was meant as the first factor of a product. */
const productBehindDash = (
  cx: Context,
  factors: readonly Term[],
): { readonly fix: Fix; readonly at: Span } | undefined => {
  const [layer, ...others] = factors;
  const link = layer?.expr.tag === 'chain' ? layer.expr.links.at(-1) : undefined;
  const last = factors.at(-1);
  if (layer === undefined || last === undefined || link?.tag !== '-') return undefined;
  const product = across(link.argument.span, last.span);
  // what stands together is read together; `conv3-2 * c` may be two things
  if (others.some(({ expr }) => expr.tag !== 'chain' && expr.tag !== 'number')) return undefined;
  // and `conv3-64*2` may repeat
  if (!/^(?=.*[A-Za-z_])\S+$/.test(cx.text(product))) return undefined;
  const at = across(layer.span, last.span);
  const head = cx.text({ ...layer.span, end: link.argument.span.start });
  const written = `${head}(${cx.text(product)})`;
  return { fix: replace(`write \`${written}\``, at, written), at };
};

/** The report for a number that stands among the factors of a product, or alone in a sum; undefined where none does. */
export const numberAmong = (
  cx: Context,
  factors: readonly Term[],
  scope: Scope,
): Diagnostic | undefined => {
  const isNumber = ({ expr }: Term): boolean => kindOf(cx, expr, scope) === 'number';
  const number = factors.find(isNumber);
  if (number === undefined) return undefined;
  const product = factors.slice(1).every(isNumber) ? productBehindDash(cx, factors) : undefined;
  if (product !== undefined)
    return error('E0302', product.at, 'a product behind `-` stands in parentheses', {
      fixes: [product.fix],
    });
  const others = factors.filter((factor) => !isNumber(factor));
  const [first, last] = [factors[0]!, factors[factors.length - 1]!];
  const layers = others.map(({ span }) => cx.text(span)).join(' * ');
  const isFactor = others.length > 0 && others.length === factors.length - 1;
  const written = cx.text(number.span);
  const whole = across(first.span, last.span);
  const isCount = others.length === 1 && /^([2-9]|[1-9]\d+)$/.test(written);
  const copies = isCount ? repeated(others[0]!, written, cx) : '';
  const times = `\`${scale}(${written})\` multiplies by a number`;
  return error('E0302', number.span, 'a layer is needed here, and this is a number', {
    label: 'a number',
    notes: [
      ...(isFactor ? [times] : [`\`${scale}(0.5)\` multiplies by a number; nothing adds one`]),
      ...(isCount ? [`\`${written}x f\` is ${written} layers, one after the other`] : []),
    ],
    fixes: [
      ...(isFactor ? [scaled(layers, written, whole)] : []),
      ...(isCount ? [replace(`write \`${copies}\`, to repeat it`, whole, copies)] : []),
    ],
  });
};
