-- read-user-3: what the store knows of a user, merged with what the caller knows.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again
-- ARGV    1-11 see step
-- RETURNS {0, redis time, generation, floor, API floor, subject or false}
-- INVARIANT writes nothing.
-- INCLUDES step, user
return {0, redis_now, effective.generation, effective.floor, effective.api_floor, user.subject}
