/** What torchvision has too computes what torchvision computes: the nets that are not too large for every run. */
import { compare } from './fidelity.ts';
import { fixtureNames, isLarge } from './oracle.ts';

compare(fixtureNames.filter((name) => !name.includes('vgg') && !isLarge(name)));
