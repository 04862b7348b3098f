/** Long programs as people would write them, for tests and benchmarks of how checking grows. */

/** One net of a ResNet kind with its own definitions: 25 lines. No two are alike. */
const resnet = (i: number): string => `
-- network ${i}: two 3×3 in each block
def conv_bn${i}_(..p) = conv(..p, bias = false); batchnorm

def basic${i}_(c, stride = 1, shortcut = id) {
  (conv_bn${i}_(3, c, stride); relu; conv_bn${i}_(3, c)) + shortcut
  relu
}

def basics${i}_(n, c, stride) {
  basic${i}_(c, stride, shortcut = if stride > 1 then conv_bn${i}_(1, c, stride) else id)
  (n-1)x basic${i}_(c)
}

net N${i}(classes = 1000) : [h, w, 3] -> [classes] {
  block conv1: conv_bn${i}_(7, ${64 + i}, 2); relu
  maxpool3/2(pad = 1)
  block conv2_x: basics${i}_(${2 + (i % 3)}, ${64 + i}, 1)
  block conv3_x: basics${i}_(2, 128, 2)
  block conv4_x: basics${i}_(2, 256, 2)
  block conv5_x: basics${i}_(2, 512, 2)
  gap
  fc-classes
  softmax
}
`;

/** So many such nets, in 25 lines each. */
export const resnets = (count: number): string =>
  Array.from({ length: count }, (_, i) => resnet(i)).join('');
