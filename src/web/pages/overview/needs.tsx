/** What needs a person, on top of everything. Nothing where there is nothing. */
import { Link } from 'wouter';
import { useHome } from '../../api/home.ts';
import { Sign } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { needsOf } from './attention.ts';
import styles from './needs.module.css';

export function Needs() {
  const needs = needsOf(useHome());
  if (needs.length === 0) return null;
  return (
    <Card title="Needs you">
      <ul className={styles.needs}>
        {needs.map(({ id, tone, words, hint, way }) => (
          <li key={id} className={styles.need}>
            <Sign tone={tone} />
            <div className={styles.words}>
              <p className={styles.what}>{words}</p>
              <p className={styles.hint}>
                {hint} {way !== undefined && <Link href={way.path}>{way.words}</Link>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
