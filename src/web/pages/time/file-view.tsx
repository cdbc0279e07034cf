/** One file through time: its versions, and what differs between any two of them. */
import { ArrowLeft, FileQuestion } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { nameIn } from '../../listing/paths.ts';
import { Card } from '../../ui/card.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { countWords } from '../../words.ts';
import { Difference } from './difference.tsx';
import styles from './file-view.module.css';
import { type TimePlace, timePath } from './time-place.ts';
import { VersionList } from './version-list.tsx';
import { type Compared, comparedAtFirst } from './version-words.ts';

interface FileViewProps {
  readonly place: TimePlace & { readonly collection: string; readonly file: string };
  /** The name of the collection. */
  readonly collection: string;
}

export function FileView({ place, collection }: FileViewProps) {
  const { file, version } = place;
  const { data, error, refetch } = useAnswer('versions', {
    collection: place.collection,
    path: file,
    ...(version === undefined ? {} : { version }),
  });
  const [chosen, setChosen] = useState<Compared>();
  const path = data?.path ?? file;
  const back = timePath({ ...place, file: undefined, version: undefined });
  const compared = chosen ?? comparedAtFirst(data?.versions ?? [], version);
  return (
    <>
      <PageHeader title={nameIn(path)}>
        <p className={styles.where}>
          <Link href={back} className={styles.back}>
            <ArrowLeft aria-hidden />
            Back
          </Link>
          <span>
            {collection} / {path}
            {data?.deleted === true && ', deleted'}
          </span>
        </p>
      </PageHeader>
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : data.versions.length === 0 ? (
        <Empty icon={FileQuestion} title="No version of it is kept any more" />
      ) : (
        <div className={styles.parts}>
          <Card title={countWords(data.versions.length, 'version')}>
            {data.trouble !== null && <p className={styles.trouble}>{data.trouble}</p>}
            <VersionList
              collection={place.collection}
              file={data}
              compared={compared}
              onCompare={setChosen}
            />
          </Card>
          {compared.newer !== undefined && (
            <Difference
              key={`${compared.older} ${compared.newer}`}
              collection={place.collection}
              path={path}
              older={compared.older}
              newer={compared.newer}
            />
          )}
        </div>
      )}
    </>
  );
}
