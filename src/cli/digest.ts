import { createHash } from 'node:crypto';

/** A short text for a long one, so that what is nested in each other does not grow with the depth. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
