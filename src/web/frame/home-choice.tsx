/** Which home the page shows. A person with one never meets this. */
import { ChevronsUpDown } from 'lucide-react';
import { useDaemon, useHome } from '../api/home.ts';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import styles from './home-choice.module.css';

interface HomeChoiceProps {
  readonly onChoose: (repository: string) => void;
}

export function HomeChoice({ onChoose }: HomeChoiceProps) {
  const home = useHome();
  const { homes } = useDaemon();
  if (homes.length < 2) return null;
  const choices = homes.map(({ repository, bucket }) => ({ value: repository, words: bucket }));
  return (
    <Menu
      trigger={
        <button type="button" className={styles.button} title={home.bucket}>
          <span className={styles.bucket}>{home.bucket}</span>
          <ChevronsUpDown aria-hidden />
        </button>
      }
    >
      <MenuChoice label="Home" value={home.repository} choices={choices} onChoose={onChoose} />
    </Menu>
  );
}
