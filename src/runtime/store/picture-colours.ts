/** Bytes of inks as bytes of light, as Pillow's `convert('RGB')` makes them. */

/** x·y/255, rounded, without a division. */
const share = (x: number, y: number): number => {
  const product = x * y + 128;
  return (product + (product >> 8)) >> 8;
};

/** Cyan, magenta, yellow and black of each pixel as red, green and blue: what black leaves, less the share of the ink. */
export const inksToRgb = (inks: Uint8Array): Uint8Array => {
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const light = 255 - inks[from + 3]!;
    for (let c = 0; c < 3; c++) rgb[to + c] = light - share(inks[from + c]!, light);
  }
  return rgb;
};
