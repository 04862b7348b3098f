/** The VGGs compute what torchvision's do. Their heads are large and the same, so they share a process. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

compare(fixtureNames.filter((name) => /^vgg\d+$/.test(name)));
