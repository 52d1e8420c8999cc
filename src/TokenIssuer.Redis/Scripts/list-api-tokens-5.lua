-- list-api-tokens-5: everything in the API tokens of a user.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step
-- RETURNS {0, redis time, generation, floor, API floor, subject or false, {field, value, ...}}
-- INVARIANT writes nothing; dead ones may be among them, the caller leaves them out. O(tokens of the user).
-- INCLUDES step, user
return {0, redis_now, effective.generation, effective.floor, effective.api_floor, user.subject, redis.call('HGETALL', KEYS[5])}
