-- list-families-3: everything in the hash of a user.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again
-- ARGV    1-11 see step
-- RETURNS {0, redis time, generation, floor, API floor, subject or false, {field, value, ...}}
-- INVARIANT writes nothing; dead families may be among the fields, the caller leaves them out. O(families of the user).
-- INCLUDES step, user
return {0, redis_now, effective.generation, effective.floor, effective.api_floor, user.subject, redis.call('HGETALL', KEYS[1])}
