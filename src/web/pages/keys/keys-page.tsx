/** What opens the repository and the bucket: passphrases, the recovery key, credentials. */
import { KeyRound, LockOpen } from 'lucide-react';
import { useState } from 'react';
import { useHome } from '../../api/home.ts';
import { useToldOnce } from '../../api/told-once.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/states.tsx';
import { BucketKey } from './bucket-key.tsx';
import { ChangePassphrase } from './change-passphrase.tsx';
import { KeySlots } from './key-slots.tsx';
import styles from './keys-page.module.css';
import { type MadeRecovery, NewRecovery } from './new-recovery.tsx';
import { RecoveryCard } from './recovery-card.tsx';
import { Unlock } from './unlock.tsx';

export function KeysPage() {
  const { encrypted } = useHome();
  return (
    <>
      <PageHeader title="Keys" />
      <div className={styles.parts}>
        {encrypted ? (
          <RepositoryKeys />
        ) : (
          <Card title="The repository">
            <Empty icon={LockOpen} title="It is not encrypted">
              <p>Whoever can read the bucket can read everything in it. It has no passphrase.</p>
            </Empty>
          </Card>
        )}
        <BucketKey />
      </div>
    </>
  );
}

function RepositoryKeys() {
  const { needsKey, repositoryKey } = useHome();
  const [doing, setDoing] = useState<'passphrase' | 'recovery'>();
  const [made, setMade] = useToldOnce<MadeRecovery>('recovery');
  const close = (): void => setDoing(undefined);
  const isLocked = needsKey || repositoryKey === 'missing';
  return (
    <>
      {isLocked && <Unlock />}
      {made !== undefined && <RecoveryCard made={made} onDone={() => setMade(undefined)} />}
      <Card
        title="What opens the repository"
        actions={
          <>
            <Button onClick={() => setDoing('recovery')}>New recovery key</Button>
            <Button icon={KeyRound} onClick={() => setDoing('passphrase')}>
              Change the passphrase
            </Button>
          </>
        }
      >
        <KeySlots />
      </Card>
      <Dialog
        title={doing === 'recovery' ? 'New recovery key' : 'Change the passphrase'}
        isOpen={doing !== undefined}
        onOpenChange={close}
      >
        {doing === 'passphrase' && <ChangePassphrase onDone={close} />}
        {doing === 'recovery' && (
          <NewRecovery
            onDone={(answer) => {
              setMade(answer);
              close();
            }}
            onCancel={close}
          />
        )}
      </Dialog>
    </>
  );
}
