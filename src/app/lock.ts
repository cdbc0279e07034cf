/**
 * One Satchel at a time works in a home. The lock is an exclusive transaction on a small SQLite
 * file: the system releases it when the process dies, however it dies.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, SatchelError } from '../base/errors.ts';
import { createPrivately, makeHome } from './home.ts';

export interface HomeLock {
  release(): void;
}

/** @throws SatchelError `busy` where another process holds the home. */
export function lockHome(home: string, command: string): HomeLock {
  const lock = tryLockHome(home, command);
  if (lock !== undefined) return lock;
  throw new SatchelError('busy', `Another Satchel works in ${home}: ${lastHolder(home)}.`, {
    hint: 'Wait until it is done, or end it with Ctrl-C where it runs.',
  });
}

/** `holderOf` reads the lock's file for an instant: that is waited for, a process at work is not. */
const PROBE_MS = 50;

/** The lock, or undefined where another process holds it. */
function tryLockHome(home: string, command: string): HomeLock | undefined {
  makeHome(home);
  let sqlite: DatabaseSync | undefined;
  try {
    createPrivately(join(home, 'lock.sqlite'));
    sqlite = new DatabaseSync(lockPath(home), { timeout: PROBE_MS });
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (sqlite?.isOpen === true) sqlite.close();
    if (/locked|busy/i.test(messageOf(error))) return undefined;
    throw new SatchelError('internal', `Cannot lock ${home}: ${messageOf(error)}.`, {
      hint: 'Check that the folder is yours and the disk is not full.',
    });
  }
  const held = sqlite;
  leaveName(home, command);
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}

/** Only words need the name: a full disk must not keep anybody from the lock, or in it. */
function leaveName(home: string, command: string): void {
  try {
    writeFileSync(holderPath(home), `${command} (process ${process.pid})\n`, { mode: 0o600 });
  } catch {
    // Whoever is refused the home meanwhile is told that nobody knows who has it.
  }
}

/** Who works in the home right now, such as `watch (process 123)`; undefined for nobody. */
export function holderOf(home: string): string | undefined {
  if (!existsSync(lockPath(home))) return undefined;
  let sqlite: DatabaseSync | undefined;
  try {
    // Reading is refused as long as the exclusive transaction lasts, and takes nothing itself.
    createPrivately(join(home, 'lock.sqlite'));
    sqlite = new DatabaseSync(lockPath(home), { timeout: 0, readOnly: true });
    sqlite.exec('SELECT 1 FROM sqlite_schema');
    return undefined;
  } catch (error) {
    if (/locked|busy/i.test(messageOf(error))) return lastHolder(home);
    throw error;
  } finally {
    if (sqlite?.isOpen === true) sqlite.close();
  }
}

function lastHolder(home: string): string {
  return readName(home) || 'a process that left no name';
}

/** Empty where there is none, or a full disk took only the file. */
function readName(home: string): string {
  try {
    return readFileSync(holderPath(home), 'utf8').trim();
  } catch {
    return '';
  }
}

function lockPath(home: string): string {
  return join(home, 'lock.sqlite');
}

function holderPath(home: string): string {
  return join(home, 'lock.holder');
}
