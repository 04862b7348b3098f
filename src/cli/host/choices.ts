/** What options of commands may be, for those who parse them and those who act on them. */

/** The formats of diagnostics for machines; without one they are prose on stderr. */
export const formats = ['json', 'sarif', 'github'] as const;
