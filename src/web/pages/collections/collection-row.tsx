/** A collection in a list: what it is called, where it is, what is in it, and what can be done. */
import type { ReactNode } from 'react';
import { viewsOf } from '../../kinds/kinds.ts';
import { Moment } from '../../ui/moment.tsx';
import { sizeWords } from '../../words.ts';
import styles from './collection-row.module.css';
import { type Collection, carrierWords, contentWords, partWords } from './collection-words.ts';

interface CollectionRowProps {
  readonly collection: Collection;
  readonly actions: ReactNode;
}

/** The rows of a list, each as wide as the list allows. */
export function CollectionRows({ children }: { readonly children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}

export function CollectionRow({ collection, actions }: CollectionRowProps) {
  const { name, kind, folder, removed } = collection;
  const { icon: Icon } = viewsOf(kind);
  const part = partWords(collection);
  return (
    <li className={styles.row}>
      <Icon className={styles.kind} aria-hidden />
      <div className={styles.what}>
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
      </div>
      <div className={styles.how}>
        <Content collection={collection} />
        <p className={styles.minor}>
          <Change collection={collection} />
        </p>
      </div>
      <div className={styles.actions}>{actions}</div>
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
