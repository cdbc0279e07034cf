/** What each route of the table does. */
import type { ROUTES } from '../api/routes.ts';
import { activityHandlers } from './handlers/activity.ts';
import { bucketHandlers } from './handlers/bucket.ts';
import { collectionHandlers } from './handlers/collections.ts';
import { conflictHandlers } from './handlers/conflicts.ts';
import { deviceHandlers } from './handlers/devices.ts';
import { fileHandlers } from './handlers/files.ts';
import { folderHandlers } from './handlers/folders.ts';
import { heldHandlers } from './handlers/held.ts';
import { keyHandlers } from './handlers/keys.ts';
import { linkHandlers } from './handlers/link.ts';
import { pageHandlers } from './handlers/page.ts';
import { serviceHandlers } from './handlers/service.ts';
import { settingHandlers } from './handlers/settings.ts';
import { setupHandlers } from './handlers/setup.ts';
import { statusHandlers } from './handlers/status.ts';
import { timeHandlers } from './handlers/time.ts';
import type { Handler } from './ports.ts';

/** One for each route, by its name. Each group of them is a file in `handlers/`. */
export type Handlers = { readonly [Name in keyof typeof ROUTES]: Handler<(typeof ROUTES)[Name]> };

export const HANDLERS: Handlers = {
  ...statusHandlers,
  ...pageHandlers,
  ...activityHandlers,
  ...bucketHandlers,
  ...heldHandlers,
  ...conflictHandlers,
  ...timeHandlers,
  ...fileHandlers,
  ...collectionHandlers,
  ...folderHandlers,
  ...setupHandlers,
  ...linkHandlers,
  ...deviceHandlers,
  ...settingHandlers,
  ...serviceHandlers,
  ...keyHandlers,
};
