/** The door for editors of a device that carries a vault, and short words for its calls. */
import assert from 'node:assert/strict';
import { utf8, utf8Text } from '../../src/base/bytes.ts';
import type { Expected, FileChanged, FileDoor, FileStamp } from '../../src/sync/kind.ts';
import type { VaultDevice } from './vault-devices.ts';

export const ANY: Expected = { kind: 'nothing' };

export function doorOf(device: VaultDevice): FileDoor {
  const { files } = device.opened();
  if (files === undefined) throw new Error('the vault has no door');
  return files;
}

/** Saves one file that has to be saved. */
export async function saved(
  door: FileDoor,
  path: string,
  text: string,
  expected: Expected = ANY,
): Promise<FileStamp> {
  const outcome = await door.write([{ path, bytes: utf8(text) }], expected);
  assert.equal(outcome.kind, 'written', `${path} was not written`);
  const [stamp] = outcome.kind === 'written' ? outcome.files : [];
  assert.ok(stamp !== undefined);
  return stamp;
}

/** Saves one file and has to be told that things are other than expected. */
export async function refusedSave(
  door: FileDoor,
  path: string,
  text: string,
  expected: Expected,
): Promise<FileChanged> {
  const outcome = await door.write([{ path, bytes: utf8(text) }], expected);
  assert.ok(outcome.kind === 'changed', `${path} was written`);
  return outcome;
}

export function textOf({ now }: FileChanged): string | undefined {
  return now?.bytes === undefined ? undefined : utf8Text(now.bytes);
}

/** The text of a file; undefined where there is none. */
export async function textAt(door: FileDoor, path: string): Promise<string | undefined> {
  const file = await door.read(path);
  return file?.bytes === undefined ? undefined : utf8Text(file.bytes);
}
