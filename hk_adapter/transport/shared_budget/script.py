"""What Redis does with one key's budget, in one step: reads its state, carries out what is asked, writes it back.

The rules are those of the budget in a process (``rate_budget``). All times are those of Redis' own clock; what a
process says of a time, it says in seconds from now. A state that is new, lost or was out of reach begins full: every
limit counts as used up until ``from``, and for one window after it, for nobody knows what went out meanwhile.

While there is anything at the second key, nothing goes out that places orders; it is read in the same step.

In: MessagePack of ``lost`` (whether the sender could not reach Redis), ``late``, ``lim`` (limits by group, each
``[amount, window, by weight, kept, refill or false]``) and ``ops``. Out: MessagePack of ``epoch``, ``from`` (seconds
from now), ``pauses`` (seconds left, by group), ``block`` (what is at the second key, or false) and an answer for each
op, in order: for ``ask`` seconds, 0 to go, -1 for never before its deadline, -2 for blocked.
"""

from __future__ import annotations

SCRIPT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local batch = cmsgpack.unpack(ARGV[1])
local lim = batch.lim
local raw = redis.call('GET', KEYS[1])
local block = redis.pcall('GET', KEYS[2])
if type(block) == 'table' or (block and string.find(block, '[\\128-\\255]')) then block = '' end
local state = raw and cmsgpack.unpack(raw)

local function fresh(pauses)
  return {epoch = now, from = now + batch.late, charges = {}, waiting = {}, pauses = pauses, buckets = {}, keep = {}}
end

if not state then
  state = fresh({})
elseif now < state.at - 0.5 then
  local pauses = {}
  for g, t in pairs(state.pauses) do pauses[g] = t - (state.at - now) end
  state = fresh(pauses)
elseif now < state.at then
  now = state.at
end
state.at = now
if batch.lost then
  state.from = now + batch.late
  state.buckets = {}
end

local function cost(weight, l)
  if not l[3] then return 1 end
  return math.min(weight, l[1])
end

local function counts_until(charge) return charge.e or charge.l end

local function fold(g, l)
  local name = table.concat({g, tostring(l[1]), tostring(l[5]), tostring(l[3])}, '|')
  local bucket = state.buckets[name] or {l[1], state.from}
  local due, under = {}, 0
  for _, c in ipairs(state.charges) do
    if c.w[g] and not (c.f and c.f[name]) then
      if counts_until(c) <= now then due[#due + 1] = c else under = under + cost(c.w[g], l) end
    end
  end
  table.sort(due, function(a, b) return counts_until(a) < counts_until(b) end)
  for _, c in ipairs(due) do
    local at = math.max(counts_until(c), bucket[2])
    bucket[1] = math.max(0, bucket[1] - (at - bucket[2]) * l[5]) + cost(c.w[g], l)
    bucket[2] = at
    c.f = c.f or {}
    c.f[name] = true
  end
  if now > bucket[2] then
    bucket[1] = math.max(0, bucket[1] - (now - bucket[2]) * l[5])
    bucket[2] = now
  end
  state.buckets[name] = bucket
  return bucket[1] + under
end

local function forget()
  for g, limits in pairs(lim) do
    for _, l in ipairs(limits) do
      state.keep[g] = math.max(state.keep[g] or 0, l[2])
      if l[5] then fold(g, l) end
    end
  end
  local kept = {}
  for _, c in ipairs(state.charges) do
    local longest = 0
    for g in pairs(c.w) do longest = math.max(longest, state.keep[g] or 0) end
    if now < counts_until(c) + longest then kept[#kept + 1] = c end
  end
  state.charges = kept
  local waiting = {}
  for _, t in ipairs(state.waiting) do if now < t.x then waiting[#waiting + 1] = t end end
  state.waiting = waiting
  for g, t in pairs(state.pauses) do if t <= now then state.pauses[g] = nil end end
end

local function find(list, id)
  for place, one in ipairs(list) do if one.id == id then return place end end
end

local function remove(list, id)
  local place = find(list, id)
  if place then table.remove(list, place) end
end

local function gives_way(one, other) return one.n and not other.n end

local function supply(g, l, amount, needed, normal)
  local frees, have = {}, 0
  if now < state.from + l[2] then
    frees[1] = {state.from + l[2], amount}
    have = amount
  end
  for _, c in ipairs(state.charges) do
    if c.w[g] and (c.n or not normal) and now < counts_until(c) + l[2] then
      local units = cost(c.w[g], l)
      frees[#frees + 1] = {(c.e or math.min(now, c.l)) + l[2], units}
      have = have + units
    end
  end
  table.sort(frees, function(a, b) return a[1] < b[1] end)
  local rounds = math.floor((needed - 1) / amount)
  local unit = needed - rounds * amount + have - amount
  local free = now
  for _, one in ipairs(frees) do
    if unit <= 0 then break end
    free = one[1]
    unit = unit - one[2]
  end
  return free + rounds * l[2]
end

local function start_of(op, place, g, l)
  local own = cost(op.w[g], l)
  if own == 0 then return now end
  local ahead = 0
  for index, other in ipairs(state.waiting) do
    if other.w[g] and index ~= place then
      local first
      if index < place then first = not gives_way(other, op) else first = gives_way(op, other) end
      if first then ahead = ahead + cost(other.w[g], l) end
    end
  end
  local share = op.n and l[1] - l[4] or l[1]
  if l[5] then
    local excess = fold(g, l) + ahead + math.min(own, share) - share
    return excess <= 1e-9 and now or now + excess / l[5]
  end
  local start = supply(g, l, l[1], ahead + own, false)
  if share < l[1] then start = math.max(start, supply(g, l, share, math.min(own, share), true)) end
  return start
end

local function next_release(op)
  local first = math.huge
  for g in pairs(op.w) do
    for _, l in ipairs(lim[g] or {}) do
      if l[5] then
        first = math.min(first, now + 1 / l[5])
      elseif state.from + l[2] > now then
        first = math.min(first, state.from + l[2])
      end
      for _, c in ipairs(state.charges) do
        if not l[5] and c.e and c.w[g] and c.e + l[2] > now then first = math.min(first, c.e + l[2]) end
      end
    end
  end
  return first == math.huge and now or first
end

local function cheaper_at(op)
  local first = math.huge
  for _, t in ipairs(state.waiting) do
    for g in pairs(op.w) do
      if t.w[g] and t.c and t.c > now then first = math.min(first, t.c) end
    end
  end
  return first
end

local function ask(op)
  if op.creates and block then
    remove(state.waiting, op.id)
    return -2
  end
  local place = find(state.waiting, op.id)
  if place then
    state.waiting[place].w = op.w
  else
    place = #state.waiting + 1
    state.waiting[place] = {id = op.id, n = op.n, w = op.w}
  end
  state.waiting[place].c = op.cheaper and now + op.cheaper
  local earliest = now
  for g in pairs(op.w) do
    for _, l in ipairs(lim[g] or {}) do earliest = math.max(earliest, start_of(op, place, g, l)) end
  end
  if earliest > now then earliest = math.min(earliest, cheaper_at(op)) end
  local paused = math.max(now, state.pauses[''] or now)
  for _, g in ipairs(op.g) do paused = math.max(paused, state.pauses[g] or now) end
  local room = earliest
  earliest = math.max(room, paused)
  if earliest >= now + op.left then
    table.remove(state.waiting, place)
    return -1
  end
  if earliest > now then
    local seconds = math.max(paused - now, math.min(room - now, math.max(0.02, next_release(op) - now)))
    state.waiting[place].x = now + math.min(op.left, seconds + 0.5)
    return seconds
  end
  table.remove(state.waiting, place)
  state.charges[#state.charges + 1] = {id = op.id, n = op.n, w = op.w, l = now + op.lease}
  return 0
end

local function count(op)
  local place = find(state.charges, op.id)
  local charge = place and state.charges[place]
  if not charge then
    charge = {id = op.id, n = op.n, w = op.w}
    state.charges[#state.charges + 1] = charge
  end
  charge.l = now + op.lease
  if op.ended then charge.e = now + op.ended end
  remove(state.waiting, op.id)
  return 0
end

local does = {
  ask = ask,
  count = count,
  drop = function(op)
    remove(state.waiting, op.id)
    remove(state.charges, op.id)
    return 0
  end,
  block = function(op)
    if not block then redis.call('SET', KEYS[2], op.reason) end
    return 0
  end,
  pause = function(op)
    state.pauses[op.g] = math.max(state.pauses[op.g] or 0, now + op.left)
    return 0
  end,
}

forget()
local answers = {}
for index, op in ipairs(batch.ops) do answers[index] = does[op.op](op) end
local longest = 0
for _, window in pairs(state.keep) do longest = math.max(longest, window) end
redis.call('SET', KEYS[1], cmsgpack.pack(state), 'EX', 86400 + math.ceil(2 * longest))
local pauses = {}
for g, t in pairs(state.pauses) do pauses[g] = t - now end
return cmsgpack.pack({epoch = state.epoch, from = state.from - now, pauses = pauses, block = block, answers = answers})
"""
