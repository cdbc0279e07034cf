/** Showing an address in the browser of this person, where there is a desktop. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeHome, writeAtomically } from '../app/home.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface BrowserCall {
  readonly program: string;
  readonly args: readonly string[];
}

/** What opens an address; undefined where no desktop is to be seen. Pure. */
export function browserCall(
  address: string,
  platform: NodeJS.Platform,
  env: Env,
): BrowserCall | undefined {
  const isFarAway = Boolean(env.SSH_CONNECTION ?? env.SSH_TTY);
  if (platform === 'darwin' && !isFarAway) return { program: 'open', args: [address] };
  if (platform === 'win32' && !isFarAway) {
    return { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', address] };
  }
  const hasDesktop = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return platform === 'linux' && hasDesktop ? { program: 'xdg-open', args: [address] } : undefined;
}

/**
 * Opens a link that signs whoever has it in. Other people on this computer can see the arguments of
 * programs, so the browser gets a file of the home, which leads it there.
 * @returns whether a browser was asked for it.
 */
export function openLink(link: string, home: string, env: Env): boolean {
  const path = join(home, 'open.html');
  const call = browserCall(pathToFileURL(path).href, process.platform, env);
  if (call === undefined) return false;
  makeHome(home);
  writeAtomically(path, pageTo(link));
  const child = spawn(call.program, [...call.args], { stdio: 'ignore', detached: true });
  // The address is printed as well.
  child.on('error', () => {});
  child.unref();
  return true;
}

function pageTo(link: string): string {
  const address = link.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    '<meta name="referrer" content="no-referrer">',
    `<meta http-equiv="refresh" content="0; url=${address}">`,
    `<title>Satchel</title>`,
    `<a href="${address}">Satchel</a>`,
    '',
  ].join('\n');
}
