/**
 * The pipeline in one screen; start reading here.
 *
 *   source ─parser→ tree ─typecheck→ typed program ─lower→ graph ─rewrite→ graph ─lower→ kernels
 */
