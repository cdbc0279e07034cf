/** One setting: what it is, what it is now, and the way back to what it was at first. */
import { RotateCcw } from 'lucide-react';
import { useId } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { Switch } from '../../ui/field.tsx';
import { ChoiceControl } from './choice-control.tsx';
import type { ControlProps } from './control-props.ts';
import { ScheduleControl } from './schedule-control.tsx';
import styles from './setting-row.module.css';
import { wordsOf } from './setting-words.ts';
import { TypedControl } from './typed-control.tsx';

export function SettingRow({ setting, onChange }: Omit<ControlProps, 'labelledBy'>) {
  const id = useId();
  const { label, help } = wordsOf(setting);
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <p id={id} className={styles.label}>
          {label}
        </p>
        {help !== undefined && <p className={styles.help}>{help}</p>}
      </div>
      <div className={styles.how}>
        {!setting.isStandard && (
          <IconButton
            icon={RotateCcw}
            label={`${label}: as it was at first`}
            onClick={() => onChange('default')}
          />
        )}
        <Control setting={setting} labelledBy={id} onChange={onChange} />
      </div>
    </li>
  );
}

function Control(props: ControlProps) {
  const { setting, labelledBy, onChange } = props;
  const { control } = wordsOf(setting);
  switch (control.kind) {
    case 'switch':
      return (
        <Switch
          labelledBy={labelledBy}
          isOn={setting.value === control.on}
          onChange={(isOn) => onChange(isOn ? control.on : control.off)}
        />
      );
    case 'choice':
      return <ChoiceControl {...props} choices={control.choices} />;
    case 'schedule':
      return <ScheduleControl {...props} />;
    case 'text':
      return <TypedControl {...props} />;
  }
}
