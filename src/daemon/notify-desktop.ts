/** Showing a few words on the desktop, with what each system brings along. */
import { execFile } from 'node:child_process';

export type ShowOnDesktop = (title: string, words: string) => Promise<void>;

/** A program to run. The words travel apart from any script, so that none of them is one. */
export interface DesktopCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Longer text is cut by desktops, each in its own way. */
const WORDS_MAX_LENGTH = 300;
const TIMEOUT_MS = 10_000;

const APPLE_SCRIPT = [
  'on run words',
  'display notification (item 2 of words) with title (item 1 of words)',
  'end run',
];

const POWERSHELL = [
  'Add-Type -AssemblyName System.Windows.Forms, System.Drawing',
  '$icon = New-Object System.Windows.Forms.NotifyIcon',
  '$icon.Icon = [System.Drawing.SystemIcons]::Information',
  '$icon.Visible = $true',
  '$icon.ShowBalloonTip(5000, $env:SATCHEL_TITLE, $env:SATCHEL_WORDS, "Info")',
  'Start-Sleep -Seconds 6',
  '$icon.Dispose()',
].join('; ');

/** What shows the words; undefined where the system has nothing for that. Pure. */
export function desktopCall(
  platform: NodeJS.Platform,
  title: string,
  words: string,
): DesktopCall | undefined {
  const text = words.slice(0, WORDS_MAX_LENGTH);
  if (platform === 'darwin') {
    const script = APPLE_SCRIPT.flatMap((line) => ['-e', line]);
    return { program: 'osascript', args: [...script, title, text], env: {} };
  }
  if (platform === 'win32') {
    return {
      program: 'powershell.exe',
      args: ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL],
      env: { SATCHEL_TITLE: title, SATCHEL_WORDS: text },
    };
  }
  if (platform === 'linux' || platform === 'freebsd') {
    return { program: 'notify-send', args: ['--app-name=Satchel', '--', title, text], env: {} };
  }
  return undefined;
}

/** Rejects where the program is not there or fails; nothing is tried twice. */
export const showOnDesktop: ShowOnDesktop = async (title, words) => {
  const call = desktopCall(process.platform, title, words);
  if (call === undefined) throw new Error(`nothing shows notifications on ${process.platform}`);
  await new Promise<void>((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, env: { ...process.env, ...call.env } };
    execFile(call.program, [...call.args], options, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
};
