-- assert-mark-4: forbids one token or one key, unless it is forbidden already.
-- KEYS    1 marks of the global log  2, 3 its state  4 its stream
-- ARGV    1-11 see step  12 kind (3 token, 4 key)  13 jti or kid  14 reason  15 expiry of the entry (ms), 0 = as late as allowed
-- RETURNS {0, redis time, 0, {id, entry} or {}}
-- INVARIANT of many that assert the same, one writes; marks that have expired go with the next one. O(log marks).
-- INCLUDES step, log
local asked = tonumber(ARGV[15])
local expiry = asked > 0 and math.min(asked, latest) or now + retention
local member = ARGV[12] .. ':' .. ARGV[13]
local marked = tonumber(redis.call('ZSCORE', KEYS[1], member) or 0)
if expiry <= now or marked >= expiry or (asked == 0 and marked >= now) then return {0, redis_now, 0, {}} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now))
redis.call('ZADD', KEYS[1], string.format('%.0f', expiry), member)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', retention + 600000))
append(tonumber(ARGV[12]), tonumber(ARGV[14]), expiry, ARGV[13])
close()
return {0, redis_now, 0, entries}
