/** What the last run left unfinished: told once, until it was read. */
import { History, X } from 'lucide-react';
import { useState } from 'react';
import { useDaemon } from '../../api/home.ts';
import { keep, readKept } from '../../frame/kept.ts';
import { IconButton } from '../../ui/button.tsx';
import { sentence } from '../../words.ts';
import styles from './recovered.module.css';

/** The start of the daemon whose words were read. */
const READ = 'recovered';

export function Recovered() {
  const { recovered, startedAt } = useDaemon();
  const [read, setRead] = useState(() => readKept(READ));
  if (recovered.length === 0 || read === startedAt) return null;
  const close = (): void => {
    setRead(startedAt);
    keep(READ, startedAt);
  };
  return (
    <section className={styles.recovered} aria-label="Brought in order at the start">
      <History className={styles.sign} aria-hidden />
      <div className={styles.words}>
        <p className={styles.what}>Satchel did not end as it should, and brought this in order:</p>
        <ul>
          {recovered.map((words) => (
            <li key={words}>{sentence(words)}</li>
          ))}
        </ul>
      </div>
      <IconButton icon={X} label="I have read it" onClick={close} />
    </section>
  );
}
