/**
 * Where the socket of a home is. The home has a file that names it: a path is no longer than some
 * hundred bytes on any system, and the pipes of Windows are in no folder.
 */
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { makeHome, writeAtomically } from '../app/home.ts';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import type { Random } from '../base/ports.ts';

/** macOS allows 104 bytes with a zero at the end, Linux 108. */
const PATH_MAX_BYTES = 100;

/** By it a command knows a daemon that was started before an update. */
export const VERSION_HEADER = 'satchel-version';

const OTHERS_MAY_WRITE = 0o022;

const SOCKET = 'daemon.sock';
const SHORT_FOLDER = 'satchel-socket-';

export interface SocketPlaceOptions {
  readonly platform: NodeJS.Platform;
  /** A folder for sockets of this person alone, where the system has one. */
  readonly runtimeFolder: string | undefined;
  readonly random: Random;
}

/** The address of the socket as the home names it; undefined where no daemon was here. */
export function readAddress(home: string): string | undefined {
  const address = writtenAddress(home);
  return address !== undefined && isOwn(home, address) ? address : undefined;
}

function writtenAddress(home: string): string | undefined {
  try {
    return readFileSync(addressPath(home), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * False where somebody else may listen: a daemon that was killed leaves its address, and its folder
 * in a place for all may be another person's by now.
 */
function isOwn(home: string, address: string): boolean {
  const folder = dirname(address);
  if (isPipe(address) || folder === home) return true;
  if (!isAbsolute(address)) return false;
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const isTheirs = found?.uid !== process.getuid?.();
  return found?.isDirectory() === true && !isTheirs && (found.mode & OTHERS_MAY_WRITE) === 0;
}

/**
 * Chooses where to listen. Nobody else can have been there before: what is not in the home has a
 * name that cannot be guessed, or a folder made this moment.
 */
export function chooseAddress(home: string, options: SocketPlaceOptions): string {
  makeHome(home);
  if (options.platform === 'win32') {
    const name = Buffer.from(options.random.bytes(16)).toString('hex');
    return `\\\\.\\pipe\\satchel-${name}`;
  }
  const plain = join(home, SOCKET);
  if (isShort(plain)) return plain;
  const folder = mkdtempSync(join(options.runtimeFolder ?? tmpdir(), SHORT_FOLDER));
  const path = join(folder, SOCKET);
  if (isShort(path)) return path;
  rmdirSync(folder);
  throw new SatchelError('internal', `The path of the socket would be too long: ${path}.`, {
    hint: 'Set XDG_RUNTIME_DIR to a folder with a short path, or move the home to one.',
  });
}

function isShort(path: string): boolean {
  return Buffer.byteLength(path) <= PATH_MAX_BYTES;
}

/** Lets programs find the socket on which the daemon listens by now, and only this person use it. */
export function publishAddress(home: string, address: string): void {
  if (!isPipe(address)) chmodSync(address, 0o600);
  writeAtomically(addressPath(home), `${address}\n`);
}

/** Takes the address back, unless it is of another daemon by now, and removes the socket. */
export function withdrawAddress(home: string, address: string): void {
  if (writtenAddress(home) === address) rmSync(addressPath(home), { force: true });
  removeSocket(home, address);
}

/** Removes a socket, with the folder that was made for it. */
export function removeSocket(home: string, address: string): void {
  if (isLeft(address)) rmSync(address, { force: true });
  const folder = dirname(address);
  if (folder === home || !basename(folder).startsWith(SHORT_FOLDER)) return;
  try {
    rmdirSync(folder);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** True where a socket is in the way; another file is nobody's to remove. */
export function isLeft(address: string): boolean {
  return !isPipe(address) && lstatSync(address, { throwIfNoEntry: false })?.isSocket() === true;
}

function isPipe(address: string): boolean {
  return address.startsWith('\\\\');
}

function addressPath(home: string): string {
  return join(home, 'daemon.address');
}

/** True where somebody listens. @throws SatchelError `internal` where that cannot be told. */
export function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(address);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error) => {
      const isNobody = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(systemCode(error) ?? '');
      if (isNobody) return resolve(false);
      const message = `Cannot ask at ${address} whether a Satchel is up: ${messageOf(error)}.`;
      const hint = 'Check that the home is yours, and that nobody else has started it there.';
      reject(new SatchelError('internal', message, { hint }));
    });
  });
}
