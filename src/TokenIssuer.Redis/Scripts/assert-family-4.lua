-- assert-family-4: writes the death of a family that the log has lost, and applies it to the record.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and family id (32 bytes)  13 reason  14 expiry of the entry (ms), 0 = as late as allowed
-- RETURNS {0, redis time, families killed, {id, entry} or {}}
-- INVARIANT skips what is in effect: of many that assert the same, one writes.
-- INCLUDES step, log, user, family
local id, packed = family_id, family_record
local asked = tonumber(ARGV[14])
local expiry = asked > 0 and math.min(asked, latest) or now + retention
local killed = 0
if packed and not is_family(id, packed) then
  local _, marked = struct.unpack('>BI6', packed)
  if marked >= expiry or (asked == 0 and marked >= now) then return {0, redis_now, 0, {}} end
elseif packed and string.byte(packed) == 1 and is_alive(packed) then
  killed = 1
end
if expiry <= now and not packed then return {0, redis_now, 0, {}} end
kill(id, tonumber(ARGV[13]), expiry)
close()
return {0, redis_now, killed, entries}
