/** One of several values, as the browser's own list: it fits every screen and every habit. */
import styles from './select.module.css';

interface SelectProps {
  /** The id of the element that names what is chosen. */
  readonly labelledBy: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly words: string }[];
  readonly onChange: (value: string) => void;
}

export function Select({ labelledBy, value, choices, onChange }: SelectProps) {
  return (
    <select
      className={styles.select}
      aria-labelledby={labelledBy}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.words}
        </option>
      ))}
    </select>
  );
}
