-- What a buffer with a program of netc is like, and its language server.
if vim.b.did_ftplugin then
  return
end
vim.b.did_ftplugin = 1

vim.bo.commentstring = '-- %s'
vim.bo.comments = ':--'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.softtabstop = 2

require('netc').attach(vim.api.nvim_get_current_buf())
