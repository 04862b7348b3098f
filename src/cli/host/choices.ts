/** The choices of options, for parsing them and for acting on them. */

/** The formats of diagnostics for machines; without one they are prose on stderr. */
export const formats = ['json', 'sarif', 'github'] as const;

/** The notations of `netc diagram`. */
export const drawings = ['svg', 'dot', 'mermaid'] as const;

/** What `netc doctor` can install. */
export const installable = ['tensorflow', 'webgpu'] as const;
