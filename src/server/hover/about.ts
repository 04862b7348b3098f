/** What a hover says, and what it is about. */
import type { Span } from '../../syntax/source.ts';

/** Markdown, and the place that it explains. */
export type About = { readonly value: string; readonly place: Span };
