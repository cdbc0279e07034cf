/** The file by which programs of the same person find the daemon of a home, and prove who they are. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeHome, parseJson, writeAtomically } from '../app/home.ts';
import { VERSION } from '../app/version.ts';

interface Announcement {
  readonly port: number;
  readonly token: string;
}

/** @throws SatchelError `internal` where the home cannot be written. */
export function announceDaemon(home: string, { port, token }: Announcement): void {
  makeHome(home);
  const announcement = { port, token, version: VERSION };
  writeAtomically(announcementPath(home), `${JSON.stringify(announcement, undefined, 2)}\n`);
}

/** The version of the daemon that announced itself last; undefined where that is not known. */
export function announcedVersion(home: string): string | undefined {
  const version = readField(home, 'version');
  return typeof version === 'string' ? version : undefined;
}

/** Removes the file, unless it is of another daemon by now. */
export function withdrawDaemon(home: string, token: string): void {
  if (readField(home, 'token') !== token) return;
  try {
    rmSync(announcementPath(home));
  } catch {
    // It is gone, or the disk is: its token opens nothing any more in any case.
  }
}

/** Undefined where there is none, or no file that could be read. */
function readField(home: string, name: string): unknown {
  try {
    const found = parseJson(readFileSync(announcementPath(home), 'utf8'));
    return Object.entries(found ?? {}).find(([field]) => field === name)?.[1];
  } catch {
    return undefined;
  }
}

function announcementPath(home: string): string {
  return join(home, 'daemon.json');
}
