/**
 * Scripts that make a shell ask this program what may come next. They run the very program that printed them, so that
 * they work before anything is on the PATH; there they also make `harness` call it.
 */
import { quoted } from '../command-name.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** @param program The words that start this program from anywhere. */
export function completionScript(shell: Shell, program: readonly string[]): string {
  return { bash, zsh, fish }[shell](program.map(quoted).join(' '));
}

/** `npx harness` is completed too, unless something else completes `npx` already. */
function bash(program: string): string {
  return `# Completion of harness for bash: eval "$(harness completion bash)"
command -v harness >/dev/null 2>&1 || harness() { ${program} "$@"; }
_harness_propose() {
  local IFS=$'\\n'
  COMPREPLY=($(${program} __complete "\${@}" 2>/dev/null | cut -f 1))
}
_harness_complete() {
  _harness_propose "\${COMP_WORDS[@]:1:COMP_CWORD}"
}
_harness_complete_npx() {
  [ "\${COMP_WORDS[1]}" = harness ] && [ "$COMP_CWORD" -gt 1 ] || { COMPREPLY=(); return; }
  _harness_propose "\${COMP_WORDS[@]:2:COMP_CWORD-1}"
}
complete -o bashdefault -o default -F _harness_complete harness
complete -p npx >/dev/null 2>&1 || complete -o bashdefault -o default -F _harness_complete_npx npx
`;
}

function zsh(program: string): string {
  return `# Completion of harness for zsh, after compinit: eval "$(harness completion zsh)"
(( $+commands[harness] )) || harness() { ${program} "$@" }
_harness_propose() {
  local -a lines words_only described
  local line
  lines=("\${(@f)$(${program} __complete "$@" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#described )); then _describe -V harness described; else _files; fi
}
_harness() { _harness_propose "\${(@)words[2,CURRENT]}" }
_harness_npx() {
  if (( CURRENT > 2 )) && [[ $words[2] == harness ]]; then _harness_propose "\${(@)words[3,CURRENT]}"; else _files; fi
}
compdef _harness harness
(( $+_comps[npx] )) || compdef _harness_npx npx
`;
}

function fish(program: string): string {
  return `# Completion of harness for fish: harness completion fish | source
type -q harness; or function harness; ${program} $argv; end
function __harness_propose
  set -l words (commandline -opc) (commandline -ct)
  set -e words[1]
  test "$words[1]" = harness; and set -e words[1]
  ${program} __complete $words 2>/dev/null
end
complete -c harness -f -a '(__harness_propose)'
complete -c npx -n '__fish_seen_subcommand_from harness' -f -a '(__harness_propose)'
`;
}
