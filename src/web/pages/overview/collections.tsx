/** The collections on this device: how each is, and what it has still to do. */
import { Copy, Ellipsis, FolderPlus, History, Pause, Play, RefreshCw } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { HomeStatus } from '../../../api/status.ts';
import { useHome } from '../../api/home.ts';
import { useSyncNow } from '../../frame/sync-now.ts';
import { useToast } from '../../frame/toasts.tsx';
import { viewsOf } from '../../kinds/kinds.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Coming, Moment } from '../../ui/moment.tsx';
import { RowSign, Rows, RowText } from '../../ui/rows.tsx';
import { Empty } from '../../ui/states.tsx';
import { countWords, sentence } from '../../words.ts';
import { timePath } from '../time/time-place.ts';
import { backlogWords } from './backlog.ts';
import styles from './collections.module.css';
import { usePause } from './pause.tsx';

type Collection = HomeStatus['collections'][number];

export function Collections() {
  const { collections } = useHome();
  return (
    <Card title="Collections">
      {collections.length === 0 ? (
        <Empty icon={FolderPlus} title="No folder is carried yet">
          <p>
            <Link href="/collections">Add one of this computer</Link>, or bring one here that
            another device has.
          </p>
        </Empty>
      ) : (
        <Rows>
          {collections.map((collection) => (
            <li key={collection.id} className={styles.row}>
              <CollectionRow collection={collection} />
            </li>
          ))}
        </Rows>
      )}
    </Card>
  );
}

function CollectionRow({ collection }: { readonly collection: Collection }) {
  const { name, kind, folder, only, records, state, lastChangeAt } = collection;
  const { icon, record } = viewsOf(kind);
  const part = only === null ? '' : `, ${countWords(only.length, 'folder')} of it`;
  return (
    <>
      <RowSign icon={icon} />
      <RowText>
        <h3>{name}</h3>
        <p className={styles.folder} title={folder}>
          {folder}
          {part}
        </p>
      </RowText>
      <div className={styles.how}>
        <p>{countWords(records, record.one, record.many)}</p>
        <p className={styles.backlog}>{sentence(backlogWords([collection]))}</p>
      </div>
      <p className={styles.when}>
        {lastChangeAt === null ? (
          'No change yet'
        ) : (
          <>
            Changed <Moment time={lastChangeAt} />
          </>
        )}
        <NextTurn collection={collection} />
      </p>
      <div className={styles.state}>
        <StateBadge state={state} />
      </div>
      <CollectionMenu collection={collection} />
    </>
  );
}

/** Told where a person waits for it: otherwise it is always soon. */
function NextTurn({ collection: { state, nextTryAt, schedule } }: CollectionProps) {
  if (state === 'paused') return null;
  if (schedule === 'manual') return <span className={styles.next}>By hand only</span>;
  const isWaitedFor = state === 'offline' || schedule !== 'automatic';
  if (nextTryAt === null || !isWaitedFor) return null;
  return (
    <span className={styles.next}>
      Next turn <Coming time={nextTryAt} />
    </span>
  );
}

interface CollectionProps {
  readonly collection: Collection;
}

function CollectionMenu({ collection }: CollectionProps) {
  const { sync } = useSyncNow();
  const { pause } = usePause();
  const [, navigate] = useLocation();
  const toast = useToast();
  const { paused: isAllPaused } = useHome();
  const { id, name, folder, paused: isPaused } = collection;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(folder);
    toast({ words: 'The path is copied' });
  };
  return (
    <div className={styles.menu}>
      <Menu trigger={<IconButton icon={Ellipsis} label={`What to do with ${name}`} />}>
        <MenuItem icon={RefreshCw} onSelect={() => sync([id])}>
          Sync now
        </MenuItem>
        {!isAllPaused && (
          <MenuItem icon={isPaused ? Play : Pause} onSelect={() => pause(!isPaused, collection)}>
            {isPaused ? 'Go on' : 'Pause'}
          </MenuItem>
        )}
        <MenuItem
          icon={History}
          onSelect={() => navigate(timePath({ collection: id, folder: '', hasDeleted: false }))}
        >
          Look back in time
        </MenuItem>
        <MenuItem icon={Copy} onSelect={() => void copy()}>
          Copy the path of the folder
        </MenuItem>
      </Menu>
    </div>
  );
}
