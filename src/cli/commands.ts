/** Every command, in the order in which help lists them. A new one is a file and a line here. */
import type { CommandModule } from './command.ts';
import { addCommand } from './commands/add.ts';
import { attachCommand } from './commands/attach.ts';
import { collectionsCommand } from './commands/collections.ts';
import { conflictsCommand } from './commands/conflicts.ts';
import { detachCommand } from './commands/detach.ts';
import { devicesCommand } from './commands/devices.ts';
import { diffCommand } from './commands/diff.ts';
import { initCommand } from './commands/init.ts';
import { joinCommand } from './commands/join.ts';
import { logCommand } from './commands/log.ts';
import { pendingCommand } from './commands/pending.ts';
import { resolveCommand } from './commands/resolve.ts';
import { restoreCommand } from './commands/restore.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { verifyCommand } from './commands/verify.ts';
import { versionsCommand } from './commands/versions.ts';
import { watchCommand } from './commands/watch.ts';

export const COMMANDS: readonly CommandModule[] = [
  initCommand,
  joinCommand,
  addCommand,
  attachCommand,
  detachCommand,
  syncCommand,
  watchCommand,
  statusCommand,
  pendingCommand,
  conflictsCommand,
  diffCommand,
  resolveCommand,
  versionsCommand,
  restoreCommand,
  collectionsCommand,
  devicesCommand,
  logCommand,
  verifyCommand,
];
