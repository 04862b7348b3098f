/** The choices of options, for parsing them and for acting on them. */

/** The formats of diagnostics for machines; without one they are prose on stderr. */
export const formats = ['json', 'sarif', 'github'] as const;

/** The phases that `dump` knows, in the order in which they run. */
export const phases = ['parse', 'check', 'lower', 'rewrite', 'plan'] as const;
