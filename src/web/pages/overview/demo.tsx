/** For whoever looks around in the bucket that came with the first start: the way to their own. */
import { Sparkles } from 'lucide-react';
import { useHome } from '../../api/home.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { isDemoBucket } from '../own-bucket/demo-bucket.ts';
import styles from './demo.module.css';

export function Demo() {
  const { bucket } = useHome();
  if (!isDemoBucket(bucket)) return null;
  return (
    <section className={styles.demo} aria-label="To look around">
      <Sparkles className={styles.sign} aria-hidden />
      <p className={styles.words}>
        This is for looking around: the bucket is a folder of this computer. Whatever you save goes
        with you when you take your own.
      </p>
      <ButtonLink href="/own-bucket" look="main">
        Use my own bucket
      </ButtonLink>
    </section>
  );
}
