/** The pixels of a map of free size, as a polynomial in the sizes of the image: h·w, ⌊h/2⌋·⌊w/2⌋. */
import type { Axis, MapType } from '../../ops/types.ts';
import { over, plus, symbol, times, type Channels } from '../../size/channels.ts';

/** Unknown for sizes that are no single floor. */
const length = ({ size, variable }: Axis): Channels =>
  size.tag === 'floor' ? over(plus(times(size.a, symbol(variable)), size.b), size.d) : 'unknown';

/** Pixels of a map, as a polynomial where its sizes are free; unknown where one of them is. */
export const pixelsOf = ({ h, w }: MapType): Channels =>
  h === 'unknown' || w === 'unknown' ? 'unknown' : times(length(h), length(w));
