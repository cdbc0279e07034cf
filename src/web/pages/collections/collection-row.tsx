/** A collection in a list: what it is called, where it is, what is in it, and what can be done. */
import { Ellipsis, ScanEye } from 'lucide-react';
import type { ReactNode } from 'react';
import { viewsOf } from '../../kinds/kinds.ts';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Moment } from '../../ui/moment.tsx';
import { RowSign, RowText } from '../../ui/rows.tsx';
import { sizeWords } from '../../words.ts';
import styles from './collection-row.module.css';
import { type Collection, carrierWords, contentWords, partWords } from './collection-words.ts';
import { lookPath } from './look-place.ts';

interface CollectionRowProps {
  readonly collection: Collection;
  /** A button beside the way into it. */
  readonly action?: ReactNode;
  /** The items of its menu. */
  readonly children: ReactNode;
}

export function CollectionRow({ collection, action, children }: CollectionRowProps) {
  const { id, name, kind, folder, removed } = collection;
  const part = partWords(collection);
  return (
    <li className={styles.row}>
      <RowSign icon={viewsOf(kind).icon} />
      <RowText>
        <h3>{name}</h3>
        {folder !== null && (
          <p className={styles.minor} title={folder}>
            {folder}
          </p>
        )}
        <p className={styles.minor}>
          {removed
            ? 'Taken off the list on another device: it is carried here until you stop it'
            : [part, carrierWords(collection)].filter((words) => words !== undefined).join(' · ')}
        </p>
      </RowText>
      <div className={styles.how}>
        <Content collection={collection} />
        <p className={styles.minor}>
          <Change collection={collection} />
        </p>
      </div>
      <div className={styles.actions}>
        <ButtonLink href={lookPath({ collection: id })} look="quiet" icon={ScanEye}>
          Look inside
        </ButtonLink>
        {action}
        <Menu trigger={<IconButton icon={Ellipsis} label={`What to do with ${name}`} />}>
          {children}
        </Menu>
      </div>
    </li>
  );
}

/** Of a part that is here, the whole is told: what comes and goes elsewhere is in it, too. */
function Content({ collection }: { readonly collection: Collection }) {
  const words = contentWords(collection);
  const { folder, only, toRead } = collection;
  if (words !== undefined) return <p>{only === null ? words : `${words} in all`}</p>;
  if (folder !== null) return null;
  return (
    <p className={styles.minor}>
      Not read yet{toRead > 0 && `: about ${sizeWords(toRead)} to read`}
    </p>
  );
}

function Change({ collection }: { readonly collection: Collection }) {
  const { lastChangeAt, lastChangeBy, files, created } = collection;
  if (lastChangeAt !== null) {
    return (
      <>
        Changed <Moment time={lastChangeAt} />
        {lastChangeBy !== null && ` on ${lastChangeBy}`}
      </>
    );
  }
  if (files !== null) return 'No change yet';
  if (created === null) return null;
  return (
    <>
      Made <Moment time={created} />
    </>
  );
}
