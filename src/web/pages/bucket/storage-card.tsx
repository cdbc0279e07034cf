/** What takes space: in the collections here by kind of content, and in the bucket as a whole. */
import { Calculator } from 'lucide-react';
import { useAnswer } from '../../api/queries.ts';
import { useAct } from '../../frame/use-act.ts';
import { Shares } from '../../plots/shares.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { countWords, sentence, sizeWords } from '../../words.ts';
import { amountWords, objectWords, reclaimableWords, type Storage } from './bucket-words.ts';
import { Body, Muted } from './parts.tsx';
import styles from './storage-card.module.css';

export function StorageCard() {
  const { data: storage, error, refetch } = useAnswer('storage', {});
  const { act, isBusy } = useAct('storage');
  const count = (): void => {
    act(
      { refresh: 'true' },
      { words: ({ total }) => `The bucket holds ${sizeWords(total.bytes)}` },
    );
  };
  const isCounted = storage !== undefined && storage.listedAt !== null;
  return (
    <Card
      title="Storage"
      actions={
        <Button icon={Calculator} isBusy={isBusy} onClick={count}>
          {isCounted ? 'Count again' : 'Count now'}
        </Button>
      }
    >
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : storage === undefined ? (
        <Loading rows={4} />
      ) : (
        <Body>
          <Whole storage={storage} />
          {storage.collections.map((collection) => (
            <Collection key={collection.id} collection={collection} />
          ))}
        </Body>
      )}
    </Card>
  );
}

function Whole({ storage }: { readonly storage: Storage }) {
  const { listedAt, total, byObject, reclaimable } = storage;
  if (listedAt === null) {
    return (
      <Muted>
        What the bucket holds as a whole, of all devices, is not known yet. Counting asks for its
        list, which some providers charge for.
      </Muted>
    );
  }
  return (
    <section className={styles.section} aria-label="In the bucket">
      <h3>In the bucket</h3>
      <p>
        <strong>{amountWords(total)}</strong>{' '}
        <span className={styles.aside}>
          counted <Moment time={listedAt} />
        </span>
      </p>
      <Shares
        shares={byObject.map(({ what, objects, bytes }) => ({
          name: objectWords(what),
          value: bytes,
          words: amountWords({ objects, bytes }),
        }))}
      />
      <Muted>{reclaimableWords(reclaimable)}</Muted>
    </section>
  );
}

function Collection({ collection }: { readonly collection: Storage['collections'][number] }) {
  const { name, current, history, versions, byContent } = collection;
  return (
    <section className={styles.section} aria-label={name}>
      <h3>{name}</h3>
      <p>
        <strong>{sizeWords(current)}</strong>{' '}
        <span className={styles.aside}>
          in files as they are{history > 0 && `, ${sizeWords(history)} in former versions`} (
          {countWords(versions, 'version')} in all)
        </span>
      </p>
      {byContent.length > 0 && (
        <Shares
          shares={byContent.map(({ what, files, bytes }) => ({
            name: sentence(what),
            value: bytes,
            words: `${countWords(files, 'file')}, ${sizeWords(bytes)}`,
          }))}
        />
      )}
    </section>
  );
}
