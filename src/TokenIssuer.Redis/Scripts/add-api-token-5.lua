-- add-api-token-5: stores an API token for a user.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step  12 user key and token id (32 bytes)  13 birth  14 record  15 subject  16 end (ms)  17 most tokens
-- RETURNS {0, redis time, 1 added | 2 bearer revoked | 3 limit reached}
-- INVARIANT a bearer that was revoked meanwhile leaves nothing behind; the user record lives as long as the token, so its
--         floors do. O(tokens of the user).
-- INCLUDES step, user, api-token
if tonumber(ARGV[13]) < effective.api_floor then return {0, redis_now, 2} end
if count_living_tokens() >= tonumber(ARGV[17]) then return {0, redis_now, 3} end

local fields = redis.call('HGETALL', KEYS[5])
for i = 1, #fields, 2 do
  local packed = fields[i + 1]
  if string.byte(packed) == 1 and is_token_forgettable(packed) then
    redis.call('HDEL', KEYS[5], fields[i])
  elseif string.byte(packed) == 0 then
    local _, expiry = struct.unpack('>BI6', packed)
    if expiry < now then redis.call('HDEL', KEYS[5], fields[i]) end
  end
end

local ttl = tonumber(ARGV[16]) - now + 600000
user.subject = ARGV[15]
put_user()
keep(ttl)
redis.call('HSET', KEYS[5], string.sub(ARGV[12], 17), ARGV[14])
keep_tokens(ttl)
return {0, redis_now, 1}
