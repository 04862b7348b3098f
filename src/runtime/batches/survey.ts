/** Goes through all pictures of a part once. */
import type { Broken, Part } from './dataset.ts';
import { addSums, type Sums } from './prepare/measure.ts';
import type { Crew } from './job.ts';
import type { Preparation } from './prepare/prepare.ts';
import { doneFor, inOrder, pieces } from './share.ts';

/** What is found. */
export type Survey = {
  /** of all that can be read; undefined if there are none */
  readonly total: Sums | undefined;
  readonly broken: readonly (Broken & { readonly label: number })[];
  /** how many pictures have each size, by `h` x `w`, the most frequent first */
  readonly sizes: readonly { readonly h: number; readonly w: number; readonly count: number }[];
};

/** Pictures that one hand is given at a time. */
const atOnce = 64;

/** Measures pictures at the size that they are validated at, where a preparation says it; else as they are. */
export const survey = async (
  crew: Crew,
  part: Part,
  preparation: Preparation | undefined,
  tell: (done: number) => void = () => {},
): Promise<Survey> => {
  let total: Sums | undefined;
  const broken: (Broken & { readonly label: number })[] = [];
  const sizes = new Map<string, { readonly h: number; readonly w: number; count: number }>();
  const aim = { tag: 'measure', preparation } as const;
  let begun = 0;
  for (const indices of pieces(inOrder(part.count), atOnce * crew.hands)) {
    tell(begun);
    begun += indices.length;
    const done = await doneFor(crew, part, indices, () => aim);
    for (const [i, one] of done.entries()) {
      if (one.tag === 'broken') {
        const index = indices[i]!;
        broken.push({ name: part.name(index), reason: one.reason, label: part.labels[index]! });
        continue;
      }
      total ??= new Float64Array(one.data.length);
      addSums(total, one.data);
      const { h, w } = one;
      const size = sizes.get(`${h}x${w}`) ?? { h, w, count: 0 };
      size.count++;
      sizes.set(`${h}x${w}`, size);
    }
  }
  return { total, broken, sizes: [...sizes.values()].sort((a, b) => b.count - a.count) };
};
