/** Short texts that stand for long ones, without Node: a browser needs them too. */

/** Odd multipliers, one for each word of the digest; the bits of each are spread evenly. */
const multipliers = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/** Every bit of the result depends on every bit of `h` (the finalizer of MurmurHash3, Appleby 2011). */
const mixed = (h: number): number => {
  let m = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  m = Math.imul(m ^ (m >>> 13), 0xc2b2ae35);
  return (m ^ (m >>> 16)) >>> 0;
};

/**
 * 128 bits of a text, as 32 hexadecimal digits. Equal texts have equal digests, different ones practically never. It is
 * not cryptographic: two texts with one digest can be constructed.
 */
export const digest = (text: string): string => {
  const words: [number, number, number, number] = [1, 2, 3, 4];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    for (const [k, multiplier] of multipliers.entries()) {
      const word = Math.imul(words[k]! ^ unit, multiplier);
      words[k] = (word << 13) | (word >>> 19);
    }
  }
  // each word is mixed with its neighbour, so that no two depend on the same few bits
  return words
    .map((word, k) => mixed(word ^ mixed(words[(k + 1) % 4]! + text.length)))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
};
