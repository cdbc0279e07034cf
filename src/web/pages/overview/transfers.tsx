/** What is on its way, while it is. */
import { useHome } from '../../api/home.ts';
import { Card } from '../../ui/card.tsx';
import { Progress } from '../../ui/progress.tsx';
import { transferWords } from './transfer-words.ts';
import styles from './transfers.module.css';

export function Transfers() {
  const { transfers } = useHome();
  if (transfers.length === 0) return null;
  return (
    <Card title="On the way">
      <ul className={styles.transfers}>
        {transfers.map((transfer) => (
          <li key={transfer.step} className={styles.transfer}>
            <p className={styles.words}>
              <span>{transfer.step}</span>
              <span className={styles.amounts}>{transferWords(transfer)}</span>
            </p>
            <Progress label={transfer.step} done={transfer.done} total={transfer.total} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
