/** A link with its code, how long it works still, and what has become of it. */
import { CircleCheck, Copy, Check as Tick, TimerOff } from 'lucide-react';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/states.tsx';
import { sentence, spanWords } from '../../words.ts';
import styles from './link-card.module.css';
import { QrCode } from './qr-code.tsx';
import { type LinkEnd, type MadeLink, useLinkState } from './use-link.ts';

interface LinkCardProps {
  readonly made: MadeLink;
  readonly end: LinkEnd | undefined;
  readonly isCancelling: boolean;
  readonly onEnd: (end: LinkEnd) => void;
  readonly onCancel: () => void;
  readonly onAnother: () => void;
}

export function LinkCard(props: LinkCardProps) {
  if (props.end === undefined) return <Waiting {...props} />;
  const another = <Button onClick={props.onAnother}>Make another link</Button>;
  if (props.end === 'used') {
    return (
      <Empty icon={CircleCheck} title="The link was used: the other device is being set up">
        <p>
          It shows soon among your <Link href="/devices">devices</Link>. Was that not you? Then
          remove that device there as a lost one.
        </p>
        <p className={styles.another}>{another}</p>
      </Empty>
    );
  }
  return (
    <Empty icon={TimerOff} title="Nobody used the link in its 15 minutes">
      <p>It opens nothing any more.</p>
      <p className={styles.another}>{another}</p>
    </Empty>
  );
}

function Waiting({ made, isCancelling, onEnd, onCancel }: LinkCardProps) {
  const { link, code, hasCredentials, notices } = made;
  const { secondsLeft, error } = useLinkState(made, onEnd);
  const id = useId();
  return (
    <Card
      title="On the other device"
      actions={
        <Button isBusy={isCancelling} onClick={onCancel}>
          Take it back
        </Button>
      }
    >
      <div className={styles.parts}>
        <QrCode text={link.toUpperCase()} label="The link as a QR code" />
        <div className={styles.texts}>
          <div>
            <label htmlFor={id} className={styles.label}>
              The link
            </label>
            <textarea
              id={id}
              className={styles.link}
              rows={5}
              readOnly
              spellCheck={false}
              value={link}
              onFocus={(event) => event.target.select()}
            />
            <CopyButton text={link} />
          </div>
          <div>
            <h3>The code, to be told in another way</h3>
            <p className={styles.code}>{code}</p>
          </div>
          <p className={styles.left} role="status">
            {secondsLeft === undefined
              ? 'Waiting for the other device.'
              : `Waiting for the other device: ${spanWords(secondsLeft)} left.`}
          </p>
          {error !== null && <p className={styles.note}>{sentence(error.message)}</p>}
          {[...notices, ...(hasCredentials ? [] : [NO_ACCESS])].map((notice) => (
            <p key={notice} className={styles.note}>
              {notice}
            </p>
          ))}
        </div>
      </div>
    </Card>
  );
}

const NO_ACCESS = 'The link carries no access: the other device needs its own to the bucket.';

function CopyButton({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button icon={isCopied ? Tick : Copy} onClick={() => void copy()}>
      {isCopied ? 'Copied' : 'Copy the link'}
    </Button>
  );
}
