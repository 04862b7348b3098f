/** Every net that torchvision has too computes what torchvision computes; the VGGs have files of their own. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

compare(fixtureNames.filter((name) => !name.includes('vgg')));
