/**
 * The VGGs at their full width compute what torchvision's do: only in `npm run test:deep`, as they take two minutes.
 */
import { describe } from 'vitest';
import { compare } from './fidelity.ts';
import { fixtureNames } from './oracle.ts';

describe.runIf(process.env['NETC_DEEP'] !== undefined)('at full width', () =>
  compare(fixtureNames.filter((name) => name.startsWith('vgg'))),
);
