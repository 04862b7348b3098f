/** A long program as people write them: nets like ResNet, each with definitions of its own and some that all share. */

const net = (i: number): string => `-- the residual block of net ${i}
def block${i}(c, s = 1, shortcut = id) {
  (unit(c, s); act; unit(c)) + shortcut
  act
}
def down${i}(c) = block${i}(c, 2, conv1-c/2(bias = false))

net R${i}(classes = 10) : [h, w, 3] -> [classes] {
  conv7-64/2(bias = false)
  batchnorm
  act
  maxpool3/2(pad = 1)
  2x block${i}(64)
  down${i}(128)
  block${i}(128)
  down${i}(256)
  block${i}(256)
  down${i}(512)
  block${i}(512)
  gap
  fc-classes
  softmax
}
assert params(R${i}) > 1_000_000
`;

/** A program of so many nets, with 27 lines for each: 38 make 1,026 lines, 371 make 10,017. */
export const residualNets = (count: number): string =>
  `def act = relu\ndef unit(c, s = 1) = conv3-c/s(bias = false); batchnorm\n\n${Array.from({ length: count }, (_, i) => net(i)).join('\n-- the next net\n\n')}`;

/** The line where a number is edited, in the middle of such a program: `  2x block18(64)`. */
export const editedLine = (lines: readonly string[], count: number): number =>
  lines.findIndex((line) => line === `  2x block${Math.floor(count / 2)}(64)`);
