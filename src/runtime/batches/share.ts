/** Shares work among the hands of a crew. */
import type { Part } from './dataset.ts';
import type { Aim, Crew, Done } from './job.ts';

/** 0 to `count` − 1. */
export const inOrder = (count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => i);

/** The pieces of a list, `length` long each, the last one perhaps shorter. */
export const pieces = (list: Uint32Array, length: number): readonly Uint32Array[] =>
  Array.from({ length: Math.ceil(list.length / length) }, (_, i) =>
    list.slice(i * length, (i + 1) * length),
  );

/** What is done for each of these samples, by all hands, in the order given. */
export const doneFor = async (
  crew: Crew,
  part: Part,
  indices: Uint32Array,
  aim: (indices: Uint32Array) => Aim,
): Promise<Done> => {
  const jobs = pieces(indices, Math.max(1, Math.ceil(indices.length / crew.hands)));
  const done = await Promise.all(
    jobs.map((piece) => {
      const addresses = Array.from(piece, part.address);
      return crew.work({ addresses, aim: aim(piece) });
    }),
  );
  return done.flat();
};

/** Where this part of a whole begins that is cut in nearly equal parts, of which the first ones may have one more. */
export const partBegin = (whole: number, parts: number, part: number): number =>
  part * Math.floor(whole / parts) + Math.min(part, whole % parts);
