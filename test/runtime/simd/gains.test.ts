/** Tasks of a size are shared as long as that gains time. */
import { describe, expect, it } from 'vitest';
import { newGains, rest } from '../../../src/runtime/engines/simd/gains.ts';

const sharedOf = (gains: ReturnType<typeof newGains>, products: number, count: number): number =>
  Array.from({ length: count }, () => gains.isWorth(products)).filter(Boolean).length;

describe('tasks of a size', () => {
  it('are shared until that has lost time, and once more after a rest', () => {
    const gains = newGains();
    expect(gains.isWorth(1e6)).toBe(true);
    gains.note(1e6, 1, 2);
    expect(sharedOf(gains, 1e6, rest)).toBe(0);
    expect(gains.isWorth(1e6)).toBe(true);
    gains.note(1e6, 1, 2);
    expect(sharedOf(gains, 1e6, rest)).toBe(0);
  });

  it('are shared still when one of them was held up for as long as several have gained', () => {
    const gains = newGains();
    for (let i = 0; i < 20; i++) gains.note(1e6, 2, 1);
    gains.note(1e6, 3, 6);
    expect(gains.isWorth(1e6)).toBe(true);
  });

  it('are shared still when one thread has come as late as never again', () => {
    const gains = newGains();
    for (let i = 0; i < 20; i++) gains.note(1e6, 2, 1);
    gains.note(1e6, 2, 1000);
    expect(gains.isWorth(1e6)).toBe(true);
    for (let i = 0; i < 2; i++) gains.note(1e6, 2, 1000);
    expect(gains.isWorth(1e6)).toBe(false);
  });

  it('are shared again when it gains again', () => {
    const gains = newGains();
    gains.note(1e6, 1, 2);
    sharedOf(gains, 1e6, rest);
    for (let i = 0; i < 3; i++) gains.note(1e6, 2, 1);
    expect(sharedOf(gains, 1e6, 2 * rest)).toBe(2 * rest);
  });

  it('do not count for tasks of another', () => {
    const gains = newGains();
    gains.note(1e6, 1, 2);
    expect(gains.isWorth(4e6)).toBe(true);
    expect(gains.isWorth(1.01e6)).toBe(false);
  });
});
