/** The scripts that make a shell ask `satchel __complete`. Pure. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/** How to put it to use, for each shell. */
export const INSTALL_WORDS: Readonly<Record<Shell, string>> = {
  bash: 'Put this into ~/.bashrc: eval "$(satchel completion bash)"',
  zsh: 'Put this into ~/.zshrc, after compinit: eval "$(satchel completion zsh)"',
  fish: 'Run: satchel completion fish > ~/.config/fish/completions/satchel.fish',
};

const BASH = `_satchel() {
  local line value typed=\${COMP_WORDS[COMP_CWORD]}
  local -a words=()
  # What was typed so far, unquoted by the shell itself.
  for value in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    words+=("$(_satchel_unquote "$value")")
  done
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$typed")
      return
    fi
    value=\${line%%$'\\t'*}
    [[ $value == */ ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <(satchel __complete -- "\${words[@]}" "$(_satchel_unquote "$typed")" 2>/dev/null)
}
# Takes quotes and backslashes off a word, without running anything in it.
_satchel_unquote() {
  local word=$1
  word=\${word//\\\\ / }
  word=\${word//\\"/}
  word=\${word//\\'/}
  printf '%s' "\${word//\\\\/}"
}
complete -F _satchel satchel
`;

const ZSH = `#compdef satchel
_satchel() {
  local line value
  local -a values meanings folders
  for line in "\${(@f)$(satchel __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    if [[ $value == */ ]]; then
      folders+=("$value")
    elif [[ $line == *$'\\t'* ]]; then
      values+=("$value")
      meanings+=("$value  -- \${line#*$'\\t'}")
    else
      values+=("$value")
      meanings+=("$value")
    fi
  done
  (( $#folders )) && compadd -S '' -- "\${folders[@]}"
  (( $#values )) && compadd -l -d meanings -- "\${values[@]}"
}
compdef _satchel satchel
`;

const FISH = `function __satchel_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l lines (satchel __complete -- $words (commandline -ct) 2>/dev/null)
    if test "$lines[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $lines
    end
end
complete -c satchel -f -a '(__satchel_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
