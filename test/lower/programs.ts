/** Programs of kernels written by hand, as no row lowers to them yet. */
import { input, type Lowered } from '../../src/kernel/kernel.ts';
import type { Shape } from '../../src/kernel/shape.ts';
import { addInput, addState, layOut, newDraft, programFrom } from '../../src/lower/draft.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';

type Named<A> = { readonly [name: string]: A };

/** What a program takes and keeps; shapes of inputs are without the batch, if they are batches. */
export type Given = {
  readonly inputs: Named<Shape>;
  readonly single?: Named<Shape>; // inputs that are not batches
  readonly state?: Named<Shape>;
};

/** What it gives: expressions of its inputs and its state, by their names. Shapes of outputs are not looked at. */
export type Wanted = { readonly outputs: Named<Lowered>; readonly next?: Named<Lowered> };

/** So many ones in a row. */
export const onesInRow = (count: number): Lowered => ({
  ...{ tag: 'constant', shape: [count], data: new Float64Array(count).fill(1) },
});

export const programWith = (
  given: Given,
  body: (value: Named<Lowered>) => Wanted,
): KernelProgram => {
  const draft = newDraft();
  const ids = new Map([
    ...Object.entries(given.inputs).map(([n, s]) => [n, addInput(draft, n, s)] as const),
    ...Object.entries(given.single ?? {}).map(
      ([n, s]) => [n, addInput(draft, n, s, false)] as const,
    ),
    ...Object.entries(given.state ?? {}).map(([n, s]) => [n, addState(draft, n, s)] as const),
  ]);
  const names = [...ids.keys()];
  const { outputs, next = {} } = body(Object.fromEntries(names.map((n, i) => [n, input(i)])));
  const results = layOut(
    draft,
    { path: 'N', weights: [] },
    [...ids.values()],
    [...Object.values(outputs), ...Object.values(next)],
  );
  const ports = Object.keys(outputs).map((name, i) => ({ name, id: results[i]!, shape: [] }));
  const after = Object.keys(next).map(
    (path, i) => [ids.get(path)!, results[ports.length + i]!] as const,
  );
  return programFrom(draft, 'N', ports, new Map(after));
};
