-- api-token: reads the API tokens of a user. Concatenated in front of the scripts that name it, after step and user.
-- KEYS    5 API tokens of the user: a field of 16 bytes (token id) holds a token, or the mark of a dead one
-- DEFINES read_token(packed), is_token_alive(packed), is_token_forgettable(packed), count_living_tokens(),
--         drop_tokens(), keep_tokens(ms)
-- INVARIANT only the hash of a secret is stored.
local function read_token(packed)
  local t = {}
  t.version, t.hash, t.birth, t.created, t.expires, t.used, t.rest = struct.unpack('>Bc16I7I6I6I6', packed)
  return t
end

local function is_token_alive(packed)
  if not packed or string.byte(packed) ~= 1 then return false end
  local token = read_token(packed)
  return token.birth >= effective.api_floor and now < token.expires
end

local function is_token_forgettable(packed)
  local token = read_token(packed)
  return token.birth < own_api_floor or now >= token.expires
end

local function count_living_tokens()
  local living = 0
  for _, packed in ipairs(redis.call('HVALS', KEYS[5])) do
    if is_token_alive(packed) then living = living + 1 end
  end
  return living
end

-- The marks stay: an entry is not written twice.
local function drop_tokens()
  local fields = redis.call('HGETALL', KEYS[5])
  for i = 1, #fields, 2 do
    if string.byte(fields[i + 1]) ~= 0 then redis.call('HDEL', KEYS[5], fields[i]) end
  end
end

local function keep_tokens(ms)
  if redis.call('PTTL', KEYS[5]) < ms then redis.call('PEXPIRE', KEYS[5], string.format('%.0f', ms)) end
end
