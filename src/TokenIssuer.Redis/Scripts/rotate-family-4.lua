-- rotate-family-4: judges a presented refresh token and applies the verdict. The twin of TokenFamily.Judge.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and family id (32 bytes)  13 generation presented  14 hash of the family secret
--         15 client id  16 binding  17 scope asked for  18 idempotency hash (8 bytes)  19 agent hash (4 bytes)
--         20 seal key  21 idle timeout  22 concurrency window  23 lost-response window (ms)  24 1 = reuse kills the user
--         25 reason of a reuse
-- RETURNS {verdict 1-12, redis time, generation, subject, family, metadata, {id, entry, ...}}; strings empty when missing
-- INVARIANT at most one unredeemed token per family; a refusal writes nothing; a reuse kills and logs in the same step.
-- INCLUDES step, log, user, family, kill-user, scope
local id, packed, metadata = family_id, family_record, family_metadata
if not user.subject or not metadata or not packed or string.byte(packed) == 0 then
  return {1, redis_now, effective.generation, '', '', '', {}}
end
if string.byte(packed) ~= 1 or not is_grant(metadata) then return {93, redis_now} end

local f = read_family(packed)
local presented = tonumber(ARGV[13])
local function judge()
  if f.birth < effective.floor then return 2 end
  if f.hash ~= ARGV[14] then return 3 end
  if now >= f.idle_end or now >= f.absolute_end then return 4 end
  local client, scope, binding = read_grant(metadata)
  if client ~= ARGV[15] or binding ~= ARGV[16] then return 5 end
  if not covers(scope, ARGV[17]) then return 6 end
  if presented == f.generation then return 7 end
  if presented > f.generation then return presented - f.generation <= 100 and 11 or 12 end
  if presented ~= f.generation - 1 then return 10 end
  local age = math.max(0, now - f.rotated)
  if age < tonumber(ARGV[22]) then return 8 end
  local same = f.idempotency ~= string.rep('\0', 8) and f.idempotency == ARGV[18]
  return same and age < tonumber(ARGV[23]) and 9 or 10
end

local verdict = judge()
if verdict == 7 or verdict == 11 then
  local idle_end = math.min(now + tonumber(ARGV[21]), f.absolute_end)
  packed = struct.pack('>Bc16I4I7BI6I6I5I5c8c4', 1, f.hash, presented + 1, f.birth, tonumber(ARGV[20]), f.created, now,
    f.length, f.absolute_end - idle_end, ARGV[18], ARGV[19])
  redis.call('HSET', KEYS[1], id, packed)
elseif verdict == 10 and ARGV[24] == '1' then
  kill_user(3, tonumber(ARGV[25]))
elseif verdict == 10 then
  kill(id, tonumber(ARGV[25]), now + retention)
end
close()
return {verdict, redis_now, effective.generation, user.subject, packed, metadata, entries}
