/** Whether Satchel starts with the computer. Nothing where this is not one that can. */
import { useId } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAct } from '../../frame/use-act.ts';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/field.tsx';
import styles from './start-card.module.css';

export function StartCard() {
  const id = useId();
  const { data } = useAnswer('service', {});
  const { act } = useAct('setService');
  if (data === undefined || data.manager === null) return null;
  const { manager, isInstalled } = data;
  const set = (isOn: boolean): void => {
    act(
      { isInstalled: isOn },
      {
        words: () => (isOn ? 'Satchel starts when you sign in' : 'Satchel starts only by hand'),
        undo: () => act({ isInstalled: !isOn }),
      },
    );
  };
  return (
    <Card title="Start">
      <div className={styles.row}>
        <div className={styles.what}>
          <p id={id} className={styles.label}>
            Start with the computer
          </p>
          <p className={styles.help}>
            When you sign in, by {manager}. What runs now goes on either way.
          </p>
        </div>
        <Switch labelledBy={id} isOn={isInstalled} onChange={set} />
      </div>
    </Card>
  );
}
