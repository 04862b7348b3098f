// What the pictures of docs/editor.md show. A ‸ is the cursor.

const unit = `def unit(c, stride = 1) {
  conv3-c/stride; batchnorm; relu
  conv3-c; batchnorm
}
`;

export const scenes = [
  {
    name: 'hints',
    file: 'small.net',
    shows: 'hover',
    text: `${unit}
-- A residual network for small images
net Small : [32, 32, 3] -> [10] {
  conv3-16; batchnorm; relu
  3x (un‸it-16 + id)
  unit(32, stride = 2) + conv1-32/2
  gap; fc-10; softmax
}
`,
    below: 8,
  },
  {
    name: 'fault',
    file: 'small.net',
    shows: 'fixes',
    text: `${unit}
net Small : [32, 32, 3] -> [10] {
  conv3-16; batchnorm; relu
  ‸unit(32, stride = 2) + conv1-16/2
  gap; fc-10; softmax
}
`,
    below: 10,
  },
  {
    name: 'completion',
    file: 'small.net',
    shows: 'completion',
    text: `${unit}
net Small : [32, 32, 3] -> [10] {
  conv3-16; batchnorm; relu
  unit(32, stride = 2) + conv1-32/2
  ‸
  gap; fc-10; softmax
}
`,
    below: 8,
  },
];
