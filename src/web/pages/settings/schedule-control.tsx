/** When a collection is carried: by itself, each hour, each day at a time, or by hand. */
import { Select } from '../../ui/select.tsx';
import type { ControlProps } from './control-props.ts';
import styles from './schedule-control.module.css';

const CHOICES = [
  { value: 'automatic', words: 'At every change' },
  { value: 'hourly', words: 'Every hour' },
  { value: 'daily', words: 'Every day at' },
  { value: 'manual', words: 'By hand only' },
];

/** What a day's time is until the person has chosen one: while few work. */
const FIRST_TIME = '03:00';

export function ScheduleControl({ setting: { value }, labelledBy, onChange }: ControlProps) {
  const [word = '', time] = value.split(' ', 2);
  return (
    <>
      <Select
        labelledBy={labelledBy}
        value={word}
        choices={CHOICES}
        onChange={(chosen) => onChange(chosen === 'daily' ? `daily ${FIRST_TIME}` : chosen)}
      />
      {time !== undefined && (
        <input
          // Another time from elsewhere begins the field anew.
          key={time}
          type="time"
          className={styles.time}
          aria-label="Time of the day"
          defaultValue={time}
          onBlur={({ target }) => {
            if (target.value !== '' && target.value !== time) onChange(`daily ${target.value}`);
          }}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') currentTarget.blur();
          }}
        />
      )}
    </>
  );
}
