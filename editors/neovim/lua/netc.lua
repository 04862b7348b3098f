-- netc in Neovim, 0.7 and later: starts `netc lsp --stdio` for each project, and has the commands above nets. What a
-- version of Neovim lacks is left out: colours by meaning come with 0.9, sizes behind layers with 0.10.
local M = {}

local options = {
  -- how the server is started; `{ 'npx', 'netc', 'lsp', '--stdio' }` takes the one of the project
  cmd = { 'netc', 'lsp', '--stdio' },
  -- what the folder of a project has
  root_markers = { 'package.json', '.git' },
  -- sizes behind layers
  inlay_hints = true,
  -- parameters, MACs and memory above nets, and their commands
  code_lenses = true,
  -- called with the client and the buffer, for mappings
  on_attach = nil,
}

--- Changes options; without a call the ones above hold.
function M.setup(given)
  options = vim.tbl_extend('force', options, given or {})
end

--- The folder of the project that a file belongs to: the nearest that has a marker, or its own.
local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local around = folder
  while true do
    for _, marker in ipairs(options.root_markers) do
      if vim.loop.fs_stat(around .. '/' .. marker) then
        return around
      end
    end
    local parent = vim.fn.fnamemodify(around, ':h')
    if parent == around then
      return folder
    end
    around = parent
  end
end

--- Shows a text that the server makes of a net, in a window of its own.
local function show_text(method, subject, filetype)
  local params = { textDocument = { uri = subject.uri }, net = subject.net }
  local buffer = vim.uri_to_bufnr(subject.uri)
  vim.lsp.buf_request(buffer, method, params, function(fault, result)
    if fault then
      vim.notify(fault.message, vim.log.levels.ERROR)
      return
    end
    vim.cmd('new')
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(result.text, '\n', { trimempty = true }))
    vim.bo.buftype = 'nofile'
    vim.bo.bufhidden = 'wipe'
    vim.bo.filetype = filetype
    vim.bo.modifiable = false
    vim.wo.wrap = false
  end)
end

--- Runs netc in a terminal, with the file as it is saved.
local function in_terminal(subject, words)
  local path = vim.uri_to_fname(subject.uri)
  vim.api.nvim_buf_call(vim.uri_to_bufnr(subject.uri), function()
    vim.cmd('silent update')
  end)
  local netc = {}
  for _, word in ipairs(options.cmd) do
    if word == 'lsp' then
      break
    end
    table.insert(netc, word)
  end
  local command = vim.list_extend(netc, { words[1], path })
  vim.cmd('new')
  vim.fn.termopen(vim.list_extend(command, words, 2), { cwd = root_of(path) })
end

local function file_of(prompt)
  local path = vim.fn.input(prompt, '', 'file')
  return path ~= '' and path or nil
end

--- The commands that the server may offer above nets, each called with `{ uri, net }`.
local commands = {
  ['netc.summary'] = function(subject)
    show_text('netc/summary', subject, 'text')
  end,
  ['netc.graph'] = function(subject)
    show_text('netc/graph', subject, 'text')
  end,
  ['netc.train'] = function(subject)
    local which = subject.train and { '--train', subject.train } or {}
    in_terminal(subject, vim.list_extend({ 'train' }, which))
  end,
  ['netc.run'] = function(subject)
    local input = file_of('Picture or array: ')
    if not input then
      return
    end
    local weights = file_of('Weights (none: empty): ')
    local words = { 'run', '--net', subject.net, '--input', input }
    in_terminal(subject, weights and vim.list_extend(words, { '--weights', weights }) or words)
  end,
}

for name, act in pairs(commands) do
  vim.lsp.commands[name] = function(command)
    act(command.arguments[1])
  end
end

local function on_attach(client, buffer)
  local offers = client.server_capabilities or client.resolved_capabilities
  vim.bo[buffer].omnifunc = 'v:lua.vim.lsp.omnifunc'
  if options.inlay_hints and vim.lsp.inlay_hint and offers.inlayHintProvider then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  if options.code_lenses then
    vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'BufWritePost' }, {
      buffer = buffer,
      callback = vim.lsp.codelens.refresh,
    })
    vim.lsp.codelens.refresh()
  end
  if options.on_attach then
    options.on_attach(client, buffer)
  end
end

-- clients by the folders of their projects, for Neovim 0.7, which does not keep them by itself
local clients = {}

--- Starts the server for a buffer, or takes the one that its project has.
function M.attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= '' then
    return
  end
  local root = root_of(path)
  local names = vim.tbl_keys(commands)
  table.sort(names)
  local config = {
    name = 'netc',
    cmd = options.cmd,
    root_dir = root,
    init_options = { commands = names },
    on_attach = on_attach,
  }
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  local known = clients[root]
  if not (known and vim.lsp.get_client_by_id(known)) then
    clients[root] = vim.lsp.start_client(config)
  end
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

return M
