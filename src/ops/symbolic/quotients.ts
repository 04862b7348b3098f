/** Numbers that are not polynomials, as symbols of their own: quotients rounded down, and what is negative of a number. */
import { over, showChannels, times, type Channels } from '../../size/channels.ts';
import { boundedBelow } from './entails.ts';
import { atom, isImage, type Assumptions } from './assumptions.ts';
import { divided, named } from './polynomials.ts';

/** ⌊of/by⌋ for by ≥ 1. */
export const floored = (assumed: Assumptions, of: Channels, by: Channels): Channels => {
  const exact = divided(of, by);
  if (exact !== undefined) return exact;
  if (of === 'unknown' || by === 'unknown') return 'unknown';
  if (typeof by === 'number' && by >= 1) return over(of, by);
  const positive = boundedBelow(assumed, of, 0) ? { min: 0 } : {};
  return atom(assumed, named('⌊(', showChannels(of), ')/(', showChannels(by), ')⌋'), {
    ...positive,
    image: isImage(assumed, of) || isImage(assumed, by),
    origin: { tag: 'floor', of, by },
  });
};

/** min(0, of) */
export const least = (assumed: Assumptions, of: Channels): Channels => {
  if (typeof of === 'number') return Math.min(0, of);
  if (of === 'unknown') return of;
  if (boundedBelow(assumed, of, 0)) return 0;
  if (boundedBelow(assumed, times(-1, of), 0)) return of;
  return atom(assumed, named('min⟨0, ', showChannels(of), '⟩'), {
    max: 0,
    image: isImage(assumed, of),
    origin: { tag: 'least', of },
  });
};
