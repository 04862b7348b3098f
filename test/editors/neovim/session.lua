-- A person at work in Neovim: opens a broken program, looks, mends it, renames, formats. What is seen is written as JSON
-- into the file that NETC_SEEN names.
local seen = {}

local function wait(what, holds)
  if not vim.wait(20000, holds, 20) then
    error('waited in vain for ' .. what)
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function to(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
end

--- The floating window, when there is one.
local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

local function session()
  vim.cmd('edit main.net')
  seen.filetype = vim.bo.filetype
  seen.commentstring = vim.bo.commentstring
  seen.colours = {}
  for _, column in ipairs({ 1, 5, 16, 20, 21, 22 }) do
    table.insert(seen.colours, vim.fn.synIDattr(vim.fn.synID(2, column, 1), 'name'))
  end
  wait('a diagnostic', function()
    return #vim.diagnostic.get(0) > 0
  end)
  seen.diagnostics = vim.tbl_map(function(d)
    return { code = d.code, line = d.lnum + 1, message = d.message, severity = d.severity }
  end, vim.diagnostic.get(0))

  to(5, 2)
  vim.lsp.buf.hover()
  wait('a hover', float)
  local hover = vim.api.nvim_win_get_buf(float())
  seen.hover = table.concat(vim.api.nvim_buf_get_lines(hover, 0, -1, false), '\n')
  vim.api.nvim_win_close(float(), true)

  -- the first offered action
  vim.ui.select = function(items, _, choose)
    seen.actions = vim.tbl_map(function(item)
      return (item.action or item[2]).title
    end, items)
    choose(items[1], 1)
  end
  to(6, 2)
  local broken = text()
  vim.lsp.buf.code_action({ apply = true })
  wait('the fix', function()
    return text() ~= broken
  end)
  wait('no diagnostics', function()
    return #vim.diagnostic.get(0) == 0
  end)
  seen.fixed = text()

  to(5, 2)
  vim.lsp.buf.definition()
  wait('the definition', function()
    return vim.fn.line('.') == 2
  end)
  vim.lsp.buf.rename('section')
  wait('the new name', function()
    return text():find('section%-16')
  end)
  seen.renamed = text()

  local untidy = text()
  local format = vim.lsp.buf.format or vim.lsp.buf.formatting_sync
  format()
  wait('the layout', function()
    return text() ~= untidy
  end)
  seen.formatted = text()

  to(5, 2)
  local lenses = vim.lsp.buf_request_sync(0, 'textDocument/codeLens', {
    textDocument = vim.lsp.util.make_text_document_params(),
  }, 5000)
  for _, reply in pairs(lenses) do
    seen.lenses = vim.tbl_filter(function(command)
      return command
    end, vim.tbl_map(function(lens)
      return lens.command and lens.command.command or false
    end, reply.result))
  end
  local windows = #vim.api.nvim_list_wins()
  vim.lsp.commands['netc.summary']({ arguments = { { uri = vim.uri_from_bufnr(0), net = 'Main' } } })
  wait('the summary', function()
    return #vim.api.nvim_list_wins() > windows
  end)
  seen.summary = text()
end

local fine, fault = xpcall(session, debug.traceback)
seen.fault = not fine and fault or nil
local out = assert(io.open(vim.env.NETC_SEEN, 'w'))
out:write(vim.fn.json_encode(seen))
out:close()
vim.cmd('qall!')
