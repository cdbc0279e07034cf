/** Out of sight, for few need it: a way to the bucket that others could listen to. */
import { Check } from '../../ui/field.tsx';
import styles from './insecure-tls.module.css';

interface InsecureTlsProps {
  readonly isAllowed: boolean;
  readonly onChange: (isAllowed: boolean) => void;
}

export function InsecureTls({ isAllowed, onChange }: InsecureTlsProps) {
  return (
    <details>
      <summary>A server of your own without a certificate</summary>
      <div className={styles.rare}>
        <Check
          label="Accept a connection that is not protected"
          help="Others in the network could see when something is carried, and a password that is sent. What you carry stays sealed."
          isChecked={isAllowed}
          onChange={onChange}
        />
      </div>
    </details>
  );
}
