/** The devices in words. Pure. */
import type { Answer } from '../../api/client.ts';
import type { Tone } from '../../words.ts';

export type Device = Answer<'devices'>[number];
export type Removed = Answer<'removeDevice'>;

/** What a badge says of a device; undefined where there is nothing to say. */
export function standingOf(
  device: Device,
): { readonly tone: Tone; readonly words: string } | undefined {
  const { self, retiredAt, lost, unreadable } = device;
  if (self) return { tone: 'ok', words: 'This device' };
  if (retiredAt !== null) {
    return lost ? { tone: 'bad', words: 'Lost' } : { tone: 'idle', words: 'Removed' };
  }
  return unreadable ? { tone: 'warn', words: 'Cannot be read' } : undefined;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  aix: 'AIX',
  android: 'Android',
  darwin: 'macOS',
  freebsd: 'FreeBSD',
  linux: 'Linux',
  openbsd: 'OpenBSD',
  win32: 'Windows',
};

/** `macOS, Satchel 1.2.0`; what is not known is left out. */
export function systemWords({ platform, app }: Device): string {
  const system = SYSTEMS[platform] ?? platform;
  const program = app.replace(/^satchel[/ ]/i, 'Satchel ');
  return [system, program].filter((words) => words !== '').join(', ');
}

/** The devices at work, this one first, and those that are no more. */
export function sortDevices(devices: readonly Device[]): {
  readonly here: readonly Device[];
  readonly gone: readonly Device[];
} {
  const seenMs = ({ lastSeenAt }: Device): number => Date.parse(lastSeenAt ?? '') || 0;
  const sorted = devices.toSorted(
    (a, b) => Number(b.self) - Number(a.self) || seenMs(b) - seenMs(a),
  );
  const isGone = ({ retiredAt }: Device): boolean => retiredAt !== null;
  return { here: sorted.filter((one) => !isGone(one)), gone: sorted.filter(isGone) };
}

const RECENT_MS = 24 * 60 * 60 * 1000;

/** True for a device at work within the last day: it is rarely meant, and would only come back. */
export function isRecent({ lastSeenAt }: Device, nowMs: number): boolean {
  return lastSeenAt !== null && nowMs - Date.parse(lastSeenAt) <= RECENT_MS;
}

/** What came of removing a device that is no more. */
export function removedWords({ name, kept }: Removed): string {
  return kept
    ? `${name} is removed. What it had saved stays.`
    : `${name} is removed. Not everything of it could be copied yet: the next rounds go on.`;
}

/** What is left for the person to do after a device was reported as lost. */
export function stepsAfterLoss({ name, recoveryKey, bucketAccess }: Removed): readonly string[] {
  const { uses = null, provider = null, keyHelp = null } = bucketAccess ?? {};
  const revoke =
    uses === null
      ? `See to it that ${name} cannot reach the bucket any more.`
      : `Revoke what ${name} gets into the bucket with${provider === null ? '' : `, at ${provider}`}. ` +
        `This device uses ${uses}: if that is on ${name} too, make another one for each device.` +
        (keyHelp === null ? '' : ` ${keyHelp}`);
  if (recoveryKey === undefined) return [revoke];
  return [
    revoke,
    'On each other device, unlock once with the new passphrase: its page asks for it.',
    'Destroy the old recovery key.',
  ];
}
