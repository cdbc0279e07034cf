/** Letting one more device in: a link and a code, which work once and for fifteen minutes. */
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import { PageHeader } from '../../frame/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/field.tsx';
import { Failed } from '../../ui/states.tsx';
import { LinkCard } from './link-card.tsx';
import styles from './link-page.module.css';
import { useLink } from './use-link.ts';

export function LinkPage() {
  const { shown, show, make, isMaking, makingError, cancel, isCancelling } = useLink();
  return (
    <>
      <PageHeader title="Link a device">
        <p className={styles.words}>
          One more device of yours gets in by a link and a code, without the passphrase.
        </p>
      </PageHeader>
      {makingError !== null && shown === undefined && <Failed error={makingError} />}
      {shown === undefined ? (
        <MakeLink isBusy={isMaking} onMake={make} />
      ) : (
        <LinkCard
          key={shown.made.id}
          made={shown.made}
          end={shown.end}
          isCancelling={isCancelling}
          onEnd={(end) => show({ ...shown, end })}
          onCancel={() => cancel(shown.made)}
          onAnother={() => show(undefined)}
        />
      )}
    </>
  );
}

interface MakeLinkProps {
  readonly isBusy: boolean;
  readonly onMake: (credentials: boolean) => void;
}

function MakeLink({ isBusy, onMake }: MakeLinkProps) {
  const [credentials, setCredentials] = useState(true);
  return (
    <section className={styles.make} aria-label="A new link">
      <ol className={styles.steps}>
        <li>Install Satchel on the other device, and open its page.</li>
        <li>Make a link here, and give it to that device: by its QR code, or as text.</li>
        <li>Tell the code in another way than the link. Whoever has both gets in.</li>
      </ol>
      <Check
        label="The link carries the access to the bucket"
        help="Without it, the other device needs access keys or a password of its own."
        isChecked={credentials}
        onChange={setCredentials}
      />
      <div>
        <Button look="main" icon={Link2} isBusy={isBusy} onClick={() => onMake(credentials)}>
          Make a link
        </Button>
      </div>
    </section>
  );
}
