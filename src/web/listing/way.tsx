/** The folders on the way to a folder, each a link to it. */
import { Link } from 'wouter';
import { nameIn, wayTo } from './paths.ts';
import styles from './way.module.css';

interface WayProps {
  /** Empty for the top. */
  readonly folder: string;
  /** Where a folder is looked at. */
  readonly addressOf: (folder: string) => string;
}

export function Way({ folder: here, addressOf }: WayProps) {
  return (
    <nav aria-label="Folders on the way">
      <ol className={styles.way}>
        {['', ...wayTo(here)].map((folder) => {
          const name = folder === '' ? 'Top' : nameIn(folder);
          return (
            <li key={folder}>
              {folder === here ? (
                <span aria-current="page">{name}</span>
              ) : (
                <Link href={addressOf(folder)}>{name}</Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
