/** Folders on this computer, to choose one: also where no home is set up yet. */
import type { foldersRoute } from '../../api/setup.ts';
import { browseFolders } from '../../app/browse-folders.ts';
import type { Handler } from '../ports.ts';

const folders: Handler<typeof foldersRoute> = (_daemon, { folder }) => browseFolders(folder);

export const folderHandlers = { folders } as const;
