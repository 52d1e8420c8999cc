-- use-api-token-5: finds a living API token by id and hash of its secret, and notes the use, to the minute.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step  12 user key and token id (32 bytes)  13 hash of the secret
-- RETURNS {0, redis time, subject, record}; both empty when there is none
-- INVARIANT at most one write a minute and token.
-- INCLUDES step, user, api-token
local id = string.sub(ARGV[12], 17)
local packed = redis.call('HGET', KEYS[5], id)
if not user.subject or not is_token_alive(packed) then return {0, redis_now, '', ''} end
local token = read_token(packed)
if token.hash ~= ARGV[13] then return {0, redis_now, '', ''} end
if token.used == 0 or now - token.used >= 60000 then
  packed = struct.pack('>Bc16I7I6I6I6', 1, token.hash, token.birth, token.created, token.expires, now)
    .. string.sub(packed, token.rest)
  redis.call('HSET', KEYS[5], id, packed)
end
return {0, redis_now, user.subject, packed}
