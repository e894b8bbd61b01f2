-- The scripts run inside Redis, in its Lua 5.1.
std = "lua51"
read_globals = { "redis", "cjson", "KEYS", "ARGV", "database" }
max_line_length = 120

-- A prelude: its functions are used by the scripts that it is prepended to. scripts/check.sh tells luacheck their names.
files["**/common.lua"].ignore = { "211", "431" }
