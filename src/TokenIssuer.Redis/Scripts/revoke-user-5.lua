-- revoke-user-5: kills everything of a user that is in reach.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step  12 user key (16 bytes)  13 subject  14 reach  15 reason  16 1 = count exactly
-- RETURNS {0, redis time, families killed, {id, entry}, API tokens killed}
-- INVARIANT see kill-user.
-- INCLUDES step, log, user, family, kill-user, api-token
user.subject = ARGV[13]
local tokens = 0
if tonumber(ARGV[14]) >= 3 then
  tokens = count_living_tokens()
  drop_tokens()
end
local killed = kill_user(tonumber(ARGV[14]), tonumber(ARGV[15]), ARGV[16] == '1')
close()
return {0, redis_now, killed, entries, tokens}
