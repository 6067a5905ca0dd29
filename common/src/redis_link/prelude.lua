-- Put before every script.

-- The server's clock, in microseconds since 1970: exact in a double until the year 2255.
local function server_micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- A whole number as text; tostring would round it to 14 digits.
local function digits(number)
  return string.format('%.0f', number)
end
