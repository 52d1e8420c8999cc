-- scan-users-1: one page of the keys of the users of a partition. A script, because only scripts are sent to a chosen node.
-- KEYS    1 state of the partition, for its slot alone
-- ARGV    1 cursor  2 pattern  3 keys to look at
-- RETURNS {0, redis time, next cursor, {key, ...}}
-- INVARIANT writes nothing; touches no key, only names them. O(ARGV[3]).
local time = redis.call('TIME')
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
return {0, time[1] * 1000 + math.floor(time[2] / 1000), page[1], page[2]}
