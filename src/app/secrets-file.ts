/** Secrets in files of the home that only their owner reads. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { makeHome, writeAtomically } from './home.ts';
import type { SecretName, SecretPlace } from './secrets-place.ts';

/** Names of the files. The first dates from before there was anything else to keep. */
const FILES: Readonly<Record<SecretName, string>> = { key: 'key.json', bucket: 'secrets.json' };

export function filePlace(home: string): SecretPlace {
  const pathOf = (secret: SecretName): string => join(home, FILES[secret]);
  return {
    nameOf: pathOf,
    async read(secret) {
      const path = pathOf(secret);
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw new SatchelError('internal', `Cannot read ${path}: ${messageOf(error)}.`);
      }
    },
    async write(secret, text) {
      makeHome(home);
      writeAtomically(pathOf(secret), text);
    },
    async remove(secret) {
      rmSync(pathOf(secret), { force: true });
    },
  };
}

export function hasKeyFile(home: string): boolean {
  return existsSync(join(home, FILES.key));
}

const READ_BY_OTHERS = 0o044;
const ENTERED_BY_OTHERS = 0o011;

/**
 * The files with secrets that other users of this computer can read, by their permissions and those
 * of the home. Windows has none that would tell.
 */
export function exposedFiles(home: string): readonly string[] {
  if (process.platform === 'win32' || (modeOf(home) & ENTERED_BY_OTHERS) === 0) return [];
  const paths = Object.values(FILES).map((name) => join(home, name));
  return paths.filter((path) => (modeOf(path) & READ_BY_OTHERS) !== 0);
}

/** Zero for what is not there. */
function modeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
}
