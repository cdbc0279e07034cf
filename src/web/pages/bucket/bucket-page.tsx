/** The bucket: what is in it, what it costs and where that is heading, and whether all is well. */
import { ArrowRightLeft } from 'lucide-react';
import { useHome } from '../../api/home.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { isDemoBucket } from '../own-bucket/demo-bucket.ts';
import styles from './bucket-page.module.css';
import { CostCard } from './cost-card.tsx';
import { DoctorCard } from './doctor-card.tsx';
import { PruneCard } from './prune-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { TrafficCard } from './traffic-card.tsx';

export function BucketPage() {
  const { bucket } = useHome();
  const isDemo = isDemoBucket(bucket);
  return (
    <>
      <PageHeader
        title="Bucket"
        actions={
          <ButtonLink href="/own-bucket" look={isDemo ? 'main' : 'plain'} icon={ArrowRightLeft}>
            {isDemo ? 'Use my own bucket' : 'Use another bucket'}
          </ButtonLink>
        }
      >
        <p className={styles.where}>{bucket}</p>
      </PageHeader>
      <div className={styles.parts}>
        <StorageCard />
        <CostCard />
        <TrafficCard />
        <PruneCard />
        <DoctorCard />
      </div>
    </>
  );
}
