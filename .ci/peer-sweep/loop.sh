# What both loops share; sourced. They set `python`, `results`, `out` and `plain`.
train=$(dirname "${BASH_SOURCE[0]}")/train.py
mkdir -p "$out"

# made_with KIND TEXT: the folder of the one stage of this kind whose configuration has the text.
made_with() {
  local stages
  mapfile -t stages < <(grep -l "$2" "$results/store/$1"-*/stage.json)
  [ "${#stages[@]}" -eq 1 ] && dirname "${stages[0]}" && return
  echo "expected one stage of $1 with $2 in $results, found ${#stages[@]}: sweep this one experiment into it" >&2
  return 1
}

# Arguments of trainings, a line each: two processes at a time. A blank at the end would join a line to the next.
parallel() { sed "s/\$/${plain:+ $plain}/" | xargs -P 2 -L 1 "$python" "$train"; }
