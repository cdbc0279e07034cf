/** Every command, in the order in which help lists them. A new one is a file and a line here. */
import type { CommandModule } from './command.ts';
import { addCommand } from './commands/add.ts';
import { attachCommand } from './commands/attach.ts';
import { collectionsCommand } from './commands/collections.ts';
import { completeCommand } from './commands/complete.ts';
import { completionCommand } from './commands/completion.ts';
import { conflictsCommand } from './commands/conflicts.ts';
import { costCommand } from './commands/cost.ts';
import { detachCommand } from './commands/detach.ts';
import { devicesCommand } from './commands/devices.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { heldCommand } from './commands/held.ts';
import { initCommand } from './commands/init.ts';
import { joinCommand } from './commands/join.ts';
import { keysCommand } from './commands/keys.ts';
import { linkCommand } from './commands/link.ts';
import { logCommand } from './commands/log.ts';
import { moveCommand } from './commands/move.ts';
import { openCommand } from './commands/open.ts';
import { pauseCommand } from './commands/pause.ts';
import { pendingCommand } from './commands/pending.ts';
import { policyCommand } from './commands/policy.ts';
import { pruneCommand } from './commands/prune.ts';
import { resolveCommand } from './commands/resolve.ts';
import { restoreCommand } from './commands/restore.ts';
import { resumeCommand } from './commands/resume.ts';
import { serviceCommand } from './commands/service.ts';
import { settingsCommand } from './commands/settings.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { upCommand } from './commands/up.ts';
import { verifyCommand } from './commands/verify.ts';
import { versionsCommand } from './commands/versions.ts';
import { watchCommand } from './commands/watch.ts';

export const COMMANDS: readonly CommandModule[] = [
  initCommand,
  joinCommand,
  linkCommand,
  addCommand,
  attachCommand,
  detachCommand,
  syncCommand,
  watchCommand,
  upCommand,
  openCommand,
  serviceCommand,
  pauseCommand,
  resumeCommand,
  statusCommand,
  pendingCommand,
  conflictsCommand,
  diffCommand,
  resolveCommand,
  heldCommand,
  versionsCommand,
  restoreCommand,
  collectionsCommand,
  devicesCommand,
  moveCommand,
  keysCommand,
  settingsCommand,
  logCommand,
  costCommand,
  verifyCommand,
  pruneCommand,
  doctorCommand,
  policyCommand,
  completionCommand,
  completeCommand,
];
