/** The first question: is there something to join, or does it begin here? */
import { Choice } from '../bucket-choice/provider-list.tsx';
import { Step } from '../bucket-choice/step.tsx';
import styles from './start-step.module.css';

interface StartStepProps {
  readonly onBucket: () => void;
  readonly onLink: () => void;
}

export function StartStep({ onBucket, onLink }: StartStepProps) {
  return (
    <Step
      title="Set up this device"
      words="Satchel carries your notes and files between your devices through a bucket that you own: at a storage provider, on a server, or a plain folder. Only your devices can read what is in it."
    >
      <ul className={styles.choices}>
        <li>
          <Choice
            name="Choose a bucket"
            words="For the first device, or for one more that has the passphrase or the recovery key"
            onChoose={onBucket}
          />
        </li>
        <li>
          <Choice
            name="I have a link from another device"
            words="Made there by “Link a device”, and told with a code of eight characters"
            onChoose={onLink}
          />
        </li>
      </ul>
    </Step>
  );
}
