[(group) (clauses) (rewrite)] @fold
