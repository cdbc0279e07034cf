/** What the bucket says it is, checked against what this home was set up with. */
import { SatchelError } from '../base/errors.ts';
import type { Manifest } from '../format/manifest.ts';
import type { ObjectStore } from '../store/store.ts';
import { readManifest } from '../sync/repository.ts';
import type { Settings } from './home.ts';

/** @throws SatchelError `damaged` where the bucket holds no repository, or another one. */
export async function readOwnManifest(store: ObjectStore, settings: Settings): Promise<Manifest> {
  const manifest = await readManifest(store);
  if (manifest?.repository === settings.repository) return manifest;
  const found = manifest === undefined ? 'no repository' : 'another repository';
  throw new SatchelError('damaged', `${store.name} holds ${found}.`, {
    hint: 'This home belongs to a repository that should be there. Nothing was changed.',
  });
}
