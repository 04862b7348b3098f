/** Large nets compute what torchvision's do: only in `npm run test:deep`, as they take minutes. */
import { describe } from 'vitest';
import { compare } from './fidelity.ts';
import { fixtureNames, isLarge } from './oracle.ts';

describe.runIf(process.env['NETC_DEEP'] !== undefined)('at full size', () =>
  compare(fixtureNames.filter(isLarge)),
);
