/** The VGGs with batch norms; in a file of their own, as two processes are faster than one. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

compare(fixtureNames.filter((name) => /^vgg\d+_bn$/.test(name)));
