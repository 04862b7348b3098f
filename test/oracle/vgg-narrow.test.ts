/** The columns of VGG, each with a sixteenth of its channels, compute what torchvision's layers do. */
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const usual = ['narrow_vgg11_bn', 'narrow_vgg16'];

compare(
  fixtureNames.filter((name) => name.startsWith('narrow_vgg') && (deep || usual.includes(name))),
);
