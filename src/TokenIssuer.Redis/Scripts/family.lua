-- family: reads and kills families. Concatenated in front of the scripts that name it, after step, log and user.
-- KEYS    1 hash of the user: a field of 16 bytes (family id) holds a family, or the mark of a dead one; the field of its
--         first 8 bytes holds its metadata
-- ARGV    12 begins with the 16 bytes of the user key
-- DEFINES read_family(packed), is_family(field, value), is_alive(packed), is_forgettable(packed), kill(id, reason, expiry)
-- INVARIANT a kill and its log entry are one step; the mark outlives the entry, so that an entry is not written twice.
local function read_family(packed)
  local f = {}
  f.version, f.hash, f.generation, f.birth, f.seal, f.created, f.rotated, f.length, f.idle, f.idempotency, f.agent =
    struct.unpack('>Bc16I4I7BI6I6I5I5c8c4', packed)
  f.absolute_end = f.created + f.length
  f.idle_end = f.absolute_end - f.idle
  return f
end

local function is_family(field, value)
  return #field == 16 and string.byte(value) ~= 0
end

-- Only what decides: counting thousands must not unpack everything.
local function is_alive(packed)
  local created, _, length, idle = struct.unpack('>I6I6I5I5', packed, 30)
  return struct.unpack('>I7', packed, 22) >= effective.floor and now < created + length - idle and now < created + length, created
end

-- Dead, and for so long that its last access token, which a logout may still have to deny, has expired.
local function is_forgettable(packed)
  local f = read_family(packed)
  return f.birth < own_floor or now >= f.absolute_end or (now >= f.idle_end and f.rotated + retention < now)
end

local function kill(id, reason, expiry)
  append(1, reason, expiry, string.sub(ARGV[12], 1, 16) .. id)
  redis.call('HDEL', KEYS[1], string.sub(id, 1, 8))
  redis.call('HSET', KEYS[1], id, struct.pack('>BI6', 0, expiry))
  keep(expiry - now + 600000)
end
