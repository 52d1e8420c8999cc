-- log: appends to the revocation log. Concatenated in front of the scripts that name it under INCLUDES, after step.
-- KEYS    2 state of the log  4 stream of the log
-- ARGV    as in step
-- DEFINES append(kind, reason, expiry, body), close(), entries = {id, packed, id, packed, ...}
-- INVARIANT ids (milliseconds, then microseconds times 1000) only ever grow, whatever Redis's clock does, each entry names its predecessor, and the tail is written
--         in the same step.
local entries = {}
local tail = log[3]

-- An asserted entry ends when its first writer said, as far as clocks may differ.
local latest = now + retention + 90000

local function append(kind, reason, expiry, body)
  local ms, seq = position(tail)
  local id_ms = math.max(redis_now, ms)
  local id_seq = time[2] % 1000 * 1000
  if id_ms == ms then id_seq = math.max(id_seq, seq + 1) end
  local id = string.format('%.0f-%.0f', id_ms, id_seq)
  local packed = struct.pack('>BBBI6I6I4', 1, kind, reason, expiry, ms, seq) .. body
  local oldest = string.format('%.0f', math.max(0, redis_now - retention - 90000))
  redis.call('XADD', KEYS[4], 'MINID', '~', oldest, id, 'e', packed)
  tail = id
  entries[#entries + 1] = id
  entries[#entries + 1] = packed
end

local function close()
  if #entries == 0 then return end
  redis.call('HSET', KEYS[2], 't', tail, 'r', string.format('%.0f', retention))
  redis.call('PEXPIRE', KEYS[4], string.format('%.0f', retention + 600000))
  redis.call('PUBLISH', ARGV[11], '')
end
