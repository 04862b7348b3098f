/** Sizes near a fixed one for which the branches of a net agree, as the levels of a U-Net do for multiples of 4. */
import type { Diagnostic, Edit, Fix } from '../../diagnostic/diagnostic.ts';
import { cropping } from '../../ops/roles.ts';
import { extentOf, fixedAxis, mapType, type MapType, type TensorType } from '../../ops/types.ts';
import type { Expr, Signature } from '../../syntax/tree.ts';
import type { Typed } from '../net/typed.ts';

/** A net that is tried with another input: what it gives, and what is wrong with it. */
export type Try = (input: MapType) => {
  readonly value: Typed;
  readonly reports: readonly Diagnostic[];
};

/** How many times a map may be halved before its size is no longer near. */
const moduli = [2, 4, 8, 16, 32, 64];

const isFixed = (input: TensorType): input is MapType =>
  input.tag === 'map' &&
  [input.h, input.w].every((axis) => axis !== 'unknown' && extentOf(axis) !== undefined);

const extents = ({ h, w }: MapType): readonly number[] =>
  [h, w].map((axis) => (axis === 'unknown' ? 0 : (extentOf(axis) ?? 0)));

const axesOf = (signature: Signature, of: 'input' | 'output'): readonly Expr[] => {
  const type = signature[of];
  return type?.tag === 'tensor' ? type.axes : [];
};

/** Writes sizes in the place of numerals; what else stands in a type stays. */
const written = (axes: readonly Expr[], type: TensorType): readonly Edit[] =>
  type.tag !== 'map'
    ? []
    : extents(type).flatMap((n, i) => {
        const axis = axes[i];
        return axis?.tag === 'number' && axis.value !== n
          ? [{ span: axis.span, newText: String(n) }]
          : [];
      });

const isSound = (reports: readonly Diagnostic[]): boolean =>
  reports.every(({ severity }) => severity !== 'error');

/** Whether nothing but a cut of the larger branch helps: its size comes of rounding. */
const isStuck = ({ code, fixes }: Diagnostic): boolean =>
  code === 'E0203' &&
  fixes.every(({ edits }) => edits.some(({ newText }) => newText.includes(cropping.name)));

/**
 * The reports of a net on its declared input, with the nearest sizes as fixes of branches that differ in size. Where there
 * are such, a cut would shift the branches.
 */
export const withNearest = (
  reports: readonly Diagnostic[],
  input: TensorType,
  signature: Signature | undefined,
  attempt: Try,
): readonly Diagnostic[] => {
  const stuck = reports.filter(isStuck);
  if (stuck.length === 0 || signature === undefined || !isFixed(input)) return reports;
  const at = (round: (n: number) => number): Fix | undefined => {
    for (const modulus of moduli) {
      const [h = 0, w = 0] = extents(input).map((n) => round(n / modulus) * modulus);
      if (h < 1 || w < 1) return undefined;
      const { value, reports: found } = attempt(mapType(fixedAxis(h), fixedAxis(w), input.c));
      if (!isSound(found)) continue;
      const edits = [
        ...written(axesOf(signature, 'input'), mapType(fixedAxis(h), fixedAxis(w), input.c)),
        ...written(axesOf(signature, 'output'), value.output),
      ];
      const title = `write an input of ${h}×${w}, for which the branches agree`;
      return { title, edits, applicability: 'likely' };
    }
    return undefined;
  };
  const fixes = [at(Math.floor), at(Math.ceil)].filter((fix) => fix !== undefined);
  return reports.map((d) =>
    stuck.includes(d) ? { ...d, fixes: fixes.length > 0 ? fixes : d.fixes } : d,
  );
};
