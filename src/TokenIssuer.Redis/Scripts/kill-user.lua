-- kill-user: raises the floors of a user. Concatenated in front of the scripts that name it, after family.
-- DEFINES kill_user(reach, reason, exact) -> families that were alive; reach 1 access tokens, 2 sessions, 3 API tokens as well
-- INVARIANT the new generation is above every generation in use; the record, created if missing, and the entry are one
--         step; the expiry of the hash is never shortened. O(1) above 128 families unless an exact count is asked for:
--         then every family there is counted as one that was alive, and the marks of dead ones go as well.
local function drop_families(exact)
  local size = redis.call('HLEN', KEYS[1])
  local killed, marks = 0, {}
  if size <= 256 or exact then
    local fields = redis.call('HGETALL', KEYS[1])
    for i = 1, #fields, 2 do
      local field, value = fields[i], fields[i + 1]
      if is_family(field, value) then
        if is_alive(value) then killed = killed + 1 end
      elseif #field == 16 then
        marks[#marks + 1] = { field, value }
      end
    end
  else
    killed = math.floor((size - 1) / 2)
  end
  redis.call('UNLINK', KEYS[1])
  for _, mark in ipairs(marks) do redis.call('HSET', KEYS[1], mark[1], mark[2]) end
  return killed
end

local function kill_user(reach, reason, exact)
  local killed = 0
  local next_generation = math.max(effective.generation + 1, now)
  local ttl = math.max(redis.call('PTTL', KEYS[1]), retention + 600000)
  user.generation = next_generation
  user.floor, user.api_floor = effective.floor, effective.api_floor
  if reach >= 2 then
    killed = drop_families(exact)
    user.floor = next_generation
  end
  if reach >= 3 then user.api_floor = next_generation end
  append(2, reason, now + retention, user_entry(now + retention))
  put_user()
  keep(ttl)
  return killed
end
