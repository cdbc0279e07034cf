import { Argument } from 'commander';
import { type CommandModule, GROUPS } from '../command.ts';
import { completionScript, INSTALL_WORDS, SHELLS, type Shell } from '../completion-scripts.ts';

export const completionCommand: CommandModule = {
  name: 'completion',
  register(program, context) {
    program
      .command('completion')
      .summary('make your shell complete commands, collections and paths')
      .description(
        'Prints a script for your shell. It completes commands, options, collections, devices, ' +
          'settings and the paths of files.',
      )
      .helpGroup(GROUPS.setUp)
      .addArgument(new Argument('<shell>').choices([...SHELLS]))
      .addHelpText('after', `\n${SHELLS.map((shell) => INSTALL_WORDS[shell]).join('\n')}`)
      .action((shell: Shell) => {
        const { terminal } = context;
        terminal.json({ shell, script: completionScript(shell) });
        for (const line of completionScript(shell).trimEnd().split('\n')) terminal.print(line);
      });
  },
};
