/** The kind `vault`: a folder of any files. Contents that differ are held for a person. */
import type { CollectionPort, Kind, OpenCollection } from '../../sync/kind.ts';
import type { Disk } from '../files/disk.ts';
import { pathOf } from '../files/layout.ts';
import { copyName, foldName } from '../files/names.ts';
import { watchTree } from '../files/watch.ts';
import { isAttachmentPath, isFolderRecord, pathField } from './fields.ts';
import { putOut } from './put-out.ts';
import { takeIn } from './take-in.ts';
import { loadRules, type Vault } from './workings.ts';

/** Whose folders these are: the marker in an attached folder has to say the same. */
export interface VaultOwner {
  readonly repository: string;
  /** The home this device works from, an absolute path. */
  readonly home: string;
}

export function vaultKind(disk: Disk, owner: VaultOwner): Kind {
  return {
    name: 'vault',
    policy: 'hold',
    nameField: 'path',
    contentFields: ['mtime', 'type'],
    claimOf(fields) {
      const path = pathField(fields);
      return path === undefined ? undefined : foldName(path);
    },
    titleOf: (fields) => pathField(fields) ?? '',
    isAttachment(fields) {
      return !isFolderRecord(fields) && isAttachmentPath(pathField(fields) ?? '');
    },
    fieldsOfCopy(fields, deviceName, timeMs) {
      return { ...fields, path: copyName(pathField(fields) ?? '', deviceName, timeMs) };
    },
    async open(port, folder) {
      return openVault(disk, owner, port, folder);
    },
  };
}

function openVault(
  disk: Disk,
  owner: VaultOwner,
  port: CollectionPort,
  root: string,
): OpenCollection {
  const vault: Vault = {
    disk,
    port,
    root,
    marker: { collection: port.collection, repository: owner.repository, home: owner.home },
    memory: { rules: undefined, foldsNames: undefined, blocked: new Set() },
  };
  return {
    takeIn: () => takeIn(vault),
    putOut: () => putOut(vault),
    async readLocal(record) {
      const shown = port.shown(record);
      if (shown === undefined) return undefined;
      const path = pathOf(root, shown.place);
      return (await disk.stat(path))?.kind === 'file' ? disk.readPieces(path) : undefined;
    },
    async watch(onChange, signal) {
      const atStart = await loadRules(vault);
      const rules = () => vault.memory.rules?.rules ?? atStart;
      await watchTree(disk, root, rules, onChange, signal, (delayMs, during) =>
        port.sleep(delayMs, during),
      );
    },
    async close() {},
  };
}
