-- French typography: no line begins with « : », « ; », « ? », « ! », « % » or a closing quotation mark, nor ends with an opening one.
local space = pandoc.Str("\u{a0}")

function Inlines(found)
  for i = 2, #found - 1 do
    if found[i].t == "Space" or found[i].t == "SoftBreak" then
      local before, after = found[i - 1], found[i + 1]
      if after.t == "Str" and (after.text:match("^[:;?!%%]") or after.text:match("^»")) then found[i] = space end
      if before.t == "Str" and before.text:match("«$") then found[i] = space end
    end
  end
  return found
end
