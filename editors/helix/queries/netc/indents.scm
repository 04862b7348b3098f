[(group) (clauses) (rewrite) (list) (parameters) (call)] @indent
["}" ")" "]"] @outdent
