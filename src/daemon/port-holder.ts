/** Who listens on a port of this computer, in words. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';

const ANSWER_MS = 1000;
const ANSWER_MAX_LENGTH = 16 * 1024;

/** Such as `another Satchel`, or `process 123 (node)`. */
export async function portHolder(port: number): Promise<string> {
  if (await isSatchel(port)) return 'another Satchel';
  return listenerProcess(port) ?? 'another program';
}

/** By how it refuses whoever has no token. */
function isSatchel(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = get({ host: '127.0.0.1', port, path: '/api/status', signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        // Ours are short; another program may have no end of it.
        if (text.length > ANSWER_MAX_LENGTH) request.destroy();
      });
      answer.on('end', () => resolve(answer.statusCode === 401 && text.includes('"refused"')));
      answer.on('error', () => resolve(false));
    });
    request.on('error', () => resolve(false));
  });
}

/** Linux tells by files: which socket has the port, and which process the socket. */
function listenerProcess(port: number): string | undefined {
  try {
    const inode = listeningInode(readFileSync('/proc/net/tcp', 'utf8'), port);
    if (inode === undefined) return undefined;
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!holds(id, `socket:[${inode}]`)) continue;
      return `process ${id} (${readFileSync(`/proc/${id}/comm`, 'utf8').trim()})`;
    }
  } catch {
    // Other systems do not have these files.
  }
  return undefined;
}

/** The inode of the socket that listens on a port, from the text of `/proc/net/tcp`. */
function listeningInode(table: string, port: number): string | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => local?.endsWith(`:${hexPort}`) === true && state === '0A')?.[9];
}

function holds(process: string, target: string): boolean {
  try {
    const folder = `/proc/${process}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === target);
  } catch {
    // It ended, or is another person's.
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
