-- revoke-api-token-5: kills one API token.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step  12 user key and token id (32 bytes)  13 its id as text  14 reason
--         15 empty = a kill; else an entry that the log has lost is asserted: its expiry (ms), 0 = as late as allowed
-- RETURNS {0, redis time, tokens killed, {id, entry} or {}}
-- INVARIANT a kill is logged whether a record exists or not; of many that assert the same, one writes.
-- INCLUDES step, log, user, api-token
local id = string.sub(ARGV[12], 17)
local packed = redis.call('HGET', KEYS[5], id)
local expiry = now + retention
if ARGV[15] ~= '' then
  local asked, marked = tonumber(ARGV[15]), 0
  if asked > 0 then expiry = math.min(asked, latest) end
  if packed and string.byte(packed) == 0 then marked = select(2, struct.unpack('>BI6', packed)) end
  if marked >= expiry or (asked == 0 and marked >= now) or (expiry <= now and not packed) then return {0, redis_now, 0, {}} end
end
local killed = is_token_alive(packed) and 1 or 0
redis.call('HSET', KEYS[5], id, struct.pack('>BI6', 0, expiry))
keep_tokens(expiry - now + 600000)
append(3, tonumber(ARGV[14]), expiry, ARGV[13])
close()
return {0, redis_now, killed, entries}
