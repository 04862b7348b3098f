/** What is printed keeps to the columns that there are. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { widthOf } from '../../src/diagnostic/terminal/terminal-width.ts';
import { netc, netcAt, newFolder, removeFolder } from './session.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = newFolder({});
});
afterAll(() => removeFolder(folder));

it.each([
  ['summary examples/vgg.net --net D'],
  ['summary examples/resnet.net --net ResNet50'], // long names, and a long formula
  ['summary examples/densenet.net --net DenseNet121'],
  ['summary examples/unet.net --net UNet'],
  ['compile examples/googlenet.net -o OUT'],
  ['dump --after plan examples/alexnet.net --net AlexNet'],
  ['dump --after plan examples/lenet.net --net LeNet5'], // a sum of many maps
])('netc %s', async (command) => {
  const args = command.split(' ').map((word) => (word === 'OUT' ? 'build' : word));
  const files = args.map((word) => (word.startsWith('examples/') ? root + word : word));
  const shown = command.startsWith('compile')
    ? await netcAt(80, folder, ...files)
    : await netcAt(80, root, ...args);
  expect(shown.code).toBe(0);
  const wide = shown.out.split('\n').filter((line) => widthOf(line) > 80);
  expect(wide).toEqual([]);
});

it('a plan tells the same in two lines for each value', async () => {
  const args = ['dump', '--after', 'plan', 'examples/alexnet.net', '--net', 'AlexNet'];
  const [wide, narrow] = [await netc(root, ...args), await netcAt(80, root, ...args)];
  expect(narrow.out).toContain('\n         [1, 55, 55, 96], AlexNet/block1/conv1, frees %0\n');
  const words = (text: string): readonly string[] =>
    (text.match(/[^\s,]+/g) ?? []).filter((word) => word !== 'frees').sort();
  expect(words(narrow.out)).toEqual(words(wide.out));
});
