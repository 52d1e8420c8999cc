-- scope: reads the grant at the head of a family's metadata. Concatenated in front of the scripts that name it.
-- DEFINES is_grant(metadata), read_grant(metadata) -> client id, scope, binding; covers(granted, asked)
-- INVARIANT the layout is that of FamilyMetadata: version, client id and binding with a length of 1 byte, scope with 2.
-- 1 and 2 differ in the way the tokens go, which nothing here depends on.
local function is_grant(metadata)
  local version = string.byte(metadata)
  return version == 1 or version == 2
end

local function read_grant(metadata)
  local _, client, binding, scope = struct.unpack('>BBc0Bc0I2c0', metadata)
  return client, scope, binding
end

local function covers(granted, asked)
  for name in string.gmatch(asked, '%S+') do
    if not string.find(' ' .. granted .. ' ', ' ' .. name .. ' ', 1, true) then return false end
  end
  return true
end
