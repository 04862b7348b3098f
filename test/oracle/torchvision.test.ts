/** Every net that torchvision has too computes what torchvision computes; VGG is in vgg.test.ts and vgg-bn.test.ts. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

compare(fixtureNames.filter((name) => !name.startsWith('vgg')));
