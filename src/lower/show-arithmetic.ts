/** Arithmetic as it is written on paper: what a kernel makes of each number. */
import type { Arithmetic, KernelOf, Term } from '../kernel/kernel.ts';
import type { Call } from './kernels.ts';

/** How tightly a formula holds together: a sum, a product, or what needs no brackets anywhere. */
type Tightness = 1 | 2 | 3;
type Formula = { readonly text: string; readonly holds: Tightness };

const numberOf = (value: number): Formula => ({ text: String(value), holds: value < 0 ? 1 : 3 });

/** In brackets where it holds less tightly than its place asks for. */
const within = ({ text, holds }: Formula, place: Tightness): string =>
  holds < place ? `(${text})` : text;

const between =
  (sign: string, holds: Tightness, right: Tightness) =>
  (a: Formula, b: Formula): Formula => ({
    text: `${within(a, holds)}${sign}${within(b, right)}`,
    holds,
  });

/** In the order that is computed: `a + (b − c)` rounds otherwise than `a + b − c`. */
const written: { readonly [Op in Arithmetic]: (a: Formula, b: Formula) => Formula } = {
  AddV2: between(' + ', 1, 2),
  Sub: between(' − ', 1, 2),
  Mul: between('·', 2, 3),
  RealDiv: between('/', 2, 3),
  Square: (a) => ({ text: `${within(a, 3)}²`, holds: 3 }),
  Sqrt: (a) => ({ text: `√${within(a, 3)}`, holds: 3 }),
};

/** `%4 = %2·0.9 + %1` for each result; one that a later step reads is read by its name. */
export const formulasOf = (
  { steps, results }: KernelOf<'Pointwise'>,
  { operands, outputs }: Call,
): readonly string[] => {
  const value = (id: number | undefined): Formula => ({ text: `%${id}`, holds: 3 });
  const formulas: Formula[] = [];
  const named = new Map(results.map((step, i) => [step, outputs[i]]));
  const read = (term: Term): Formula => {
    if (term.tag === 'number') return numberOf(term.value);
    if (term.tag === 'operand') return value(operands[term.index]?.id);
    return named.has(term.index) ? value(named.get(term.index)) : formulas[term.index]!;
  };
  for (const { op, of } of steps) {
    const [a, b] = of.map(read);
    formulas.push(written[op](a!, b ?? a!));
  }
  return results.map((step, i) => `%${outputs[i]} = ${formulas[step]!.text}`);
};
