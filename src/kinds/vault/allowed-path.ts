/** Which paths programs may save under: those that any device could bring here. */
import { SatchelError } from '../../base/errors.ts';
import { pathOf } from '../files/layout.ts';
import { foldName, notOnWindowsReason, unsafePathReason } from '../files/names.ts';
import { OUTSIDE_WORDS } from '../files/selection.ts';
import { pathField } from './fields.ts';
import { spelledPlace } from './spelling.ts';
import { loadRules, type Vault } from './workings.ts';

/** @throws SatchelError `usage` for a path that could lead out of the folder. */
export function requireSafePath(path: string): void {
  const reason = unsafePathReason(path);
  if (reason === undefined) return;
  throw new SatchelError('usage', `"${path}" cannot be a path here: the name ${reason}.`, {
    hint: 'Give a path relative to the folder of the collection, with "/".',
  });
}

/** @throws SatchelError `usage` for a path that is not carried, or not on this system. */
export async function requireCarried(
  vault: Vault,
  path: string,
  kind: 'file' | 'folder',
): Promise<void> {
  requireSafePath(path);
  const rules = await loadRules(vault);
  const notHere = vault.disk.hasWindowsNames ? notOnWindowsReason(path) : undefined;
  if (notHere !== undefined) {
    throw new SatchelError('usage', `Windows cannot have "${path}": the name ${notHere}.`, {
      hint: 'Choose another name.',
    });
  }
  if (!vault.selection.includes(path)) {
    throw new SatchelError('usage', `"${path}" is not carried here: ${OUTSIDE_WORDS}.`, {
      hint: 'Choose that subfolder too, with "satchel attach --only".',
    });
  }
  if (rules.ignores(path, kind === 'folder')) {
    throw new SatchelError('usage', `"${path}" is ignored here, and would reach no device.`, {
      hint: 'Look at .satchelignore, or choose another name.',
    });
  }
}

/**
 * Refuses a new path that differs from one in use only in case or Unicode form: some disks take the
 * two for one. Where a person makes such files, the second gets a suffix; a program can be asked.
 * @throws SatchelError `usage`.
 */
export async function requireOwnSpelling(
  vault: Vault,
  path: string,
  kind: 'file' | 'folder',
): Promise<void> {
  const twin = (await twinOf(vault, path)) ?? (await twinOnDisk(vault, path, kind));
  if (twin === undefined) return;
  throw new SatchelError('usage', `"${path}" and "${twin}" would be one file on some disks.`, {
    hint: `Use "${twin}", or a name that differs in more than case.`,
  });
}

async function twinOf({ port, disk, root }: Vault, path: string): Promise<string | undefined> {
  const names = port.claimants(foldName(path)).map(({ fields }) => pathField(fields));
  if (names.length > 0 && !names.includes(path)) return names[0];
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = parts.slice(0, depth).join('/');
    if ((await disk.stat(pathOf(root, folder))) !== undefined) continue;
    const below = port.claimantsBelow(foldName(folder));
    const folders = below.map(({ fields }) =>
      pathField(fields)?.split('/').slice(0, depth).join('/'),
    );
    const others = folders.filter((other) => other !== undefined);
    if (others.length > 0 && !others.includes(folder)) {
      return [others[0], ...parts.slice(depth)].join('/');
    }
    // Where nothing is below, nothing is below that either.
    if (below.length === 0) return undefined;
  }
  return undefined;
}

async function twinOnDisk(
  vault: Vault,
  path: string,
  kind: 'file' | 'folder',
): Promise<string | undefined> {
  const place = await spelledPlace(vault, path, kind === 'folder');
  return place === path ? undefined : place;
}
