-- Drives Neovim's language client (0.7 and later) and prints what an author would see, as JSON.

local seen = {}
local patience = 60000

local function show(value)
  io.stdout:write(vim.json.encode(value))
  io.stdout:flush()
end

local function problems()
  local lines = {}
  for _, problem in ipairs(vim.diagnostic.get(0)) do
    -- Columns are bytes here: Neovim has turned them back from UTF-16.
    local line = vim.api.nvim_buf_get_lines(0, problem.lnum, problem.lnum + 1, true)[1]
    local word = line:sub(problem.col + 1, problem.end_col)
    table.insert(lines, string.format("%d:%d <%s> %s", problem.lnum + 1, problem.col + 1, word, problem.message))
  end
  return lines
end

-- At a line and a byte, both from 1.
local function ask(method, line, column)
  vim.api.nvim_win_set_cursor(0, { line, column - 1 })
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, patience) or {}) do
    return answer.result
  end
end

local function lens()
  local params = { textDocument = vim.lsp.util.make_text_document_params(0) }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/codeLens", params, patience)) do
    return answer.result[1].command.title
  end
end

local function labels(list)
  local labels = {}
  for _, item in ipairs(list.items) do
    table.insert(labels, item.label)
  end
  return labels
end

local function run()
  vim.cmd("edit posts/tea.md")
  local client = vim.lsp.start_client({
    name = "pressroom",
    cmd = { vim.env.PRESSROOM, "lsp" },
    root_dir = vim.fn.getcwd(),
  })
  vim.lsp.buf_attach_client(0, client)
  vim.wait(patience, function() return #vim.diagnostic.get(0) > 0 end, 20)
  seen.problems = problems()
  seen.completion = labels(ask("textDocument/completion", 2, 21))
  seen.hover = ask("textDocument/hover", 2, 12).contents.value
  local leads = ask("textDocument/definition", 5, 17)
  seen.definition = vim.uri_to_fname(leads.uri)
  leads = ask("textDocument/definition", 2, 12)
  seen.account = vim.fn.fnamemodify(vim.uri_to_fname(leads.uri), ":t") .. ":" .. leads.range.start.line + 1

  vim.api.nvim_buf_set_text(0, 1, 20, 1, 20, { "n" })
  vim.api.nvim_buf_set_lines(0, 4, 5, true, { "  - {src: media/cup.png, alt: A cup 🫖}" })
  vim.wait(patience, function() return #vim.diagnostic.get(0) == 0 end, 20)
  seen.problems_left = #vim.diagnostic.get(0)
  seen.lens = lens()
  vim.lsp.stop_client(client)
  vim.wait(patience, function() return vim.lsp.client_is_stopped(client) end, 20)
end

local fine, failure = pcall(run)
if not fine then
  seen.failure = failure
end
show(seen)
vim.cmd("qall!")
