/** A version of a picture: fetched as bytes, and shown from there. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { fetchContent } from '../api/content.ts';
import { useHome } from '../api/home.ts';
import styles from './picture.module.css';
import { Failed, Loading } from './states.tsx';

interface PictureProps {
  readonly collection: string;
  readonly path: string;
  readonly version: string;
  /** Whose it is. */
  readonly label: string;
}

export function Picture({ collection, path, version, label }: PictureProps) {
  const home = useHome().repository;
  const { data, error, refetch } = useQuery({
    queryKey: ['content', home, collection, path, version],
    queryFn: ({ signal }) => fetchContent({ home, collection, path, version }, signal),
    // A version never changes.
    staleTime: 'static',
  });
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return <Shown bytes={data} label={label} />;
}

function Shown({ bytes, label }: { readonly bytes: Blob; readonly label: string }) {
  const [address, setAddress] = useState<string>();
  const [size, setSize] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(bytes);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return (
    <figure className={styles.picture}>
      {address !== undefined && (
        <img
          src={address}
          alt={label}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setSize(`${naturalWidth} × ${naturalHeight} pixels`)
          }
        />
      )}
      <figcaption>
        {label}
        {size !== undefined && ` · ${size}`}
      </figcaption>
    </figure>
  );
}
