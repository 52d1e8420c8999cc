-- revoke-family-4: kills one family.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and family id (32 bytes)  13 reason
-- RETURNS {0, redis time, families killed, {id, entry}}
-- INVARIANT the entry is written whether a record exists or not: a store that lost the family still has access tokens of
--         it to forbid.
-- INCLUDES step, log, user, family
local id, packed = family_id, family_record
local killed = 0
if packed and is_family(id, packed) then
  if string.byte(packed) == 1 and is_alive(packed) then killed = 1 end
end
kill(id, tonumber(ARGV[13]), now + retention)
close()
return {0, redis_now, killed, entries}
