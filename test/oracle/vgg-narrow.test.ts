/** The columns of VGG, each with a sixteenth of its channels, compute what torchvision's layers do. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

compare(fixtureNames.filter((name) => name.startsWith('narrow_vgg')));
